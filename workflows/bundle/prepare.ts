/** Phases "Pre-flight" and "Prepare": which bundle fits, opened where nobody else can read it. */
import type { BundleFacts, BundleKind } from '../contracts/bundle';
import type { Refusal } from '../contracts/recovery';
import { bytes, count } from '../contracts/words';
import type { Run } from '../kernel/run';
import type { BundleContext } from './context';

interface Judged {
  backup: BundleFacts;
  problem?: string;
  code?: string;
}

/** Labels that a refusal names. */
const named = 10;

/** Chooses the newest bundle that can be used, or the one that was named; refuses when there is none. */
export async function chooseBundle(run: Run, context: BundleContext, only: string | undefined): Promise<BundleFacts> {
  const { at, on, plan } = context;
  const { certificates: path, publicName } = plan.gateway;
  const wanted = at.kind === 'certificates' ? { certificates: { path, publicName } } : {};
  run.phase('Pre-flight');
  const list = (one?: string): Promise<Judged[]> =>
    on.probe.listBundles({ ...at, ...wanted, ...(one === undefined ? {} : { only: one }) });
  const bundles = await run.probe('Look for bundles', () => list(only), describe);
  const chosen = bundles.find((one) => one.problem === undefined);
  if (!chosen) {
    const all = only === undefined ? bundles : await run.probe('Look for others', () => list(), describe);
    return run.refuse([noBundle(context, only, bundles, all)]);
  }
  for (const { backup, problem } of bundles.slice(0, bundles.indexOf(chosen)))
    run.note(`bundle ${backup.label} is passed over: ${problem ?? ''}`);
  const { backup } = chosen;
  run.facts('Bundle', [
    { label: 'Label', value: `${backup.label}, ${bytes(backup.bytes)}, taken at ${backup.takenAt}` },
    { label: 'SHA-256', value: backup.sha256 },
  ]);
  return backup;
}

/** Opens it into a folder of this run, which is removed however the run ends. */
export async function openStaging(run: Run, { at, on }: BundleContext, { label }: BundleFacts): Promise<void> {
  run.phase('Prepare');
  run.cleanup('Remove the opened bundle', () => on.brief.removeStaging());
  await run.change('Open the bundle where nobody else can read it', () => on.brief.stageBundle({ ...at, label }), {
    outcome: (one) => `${count(one.files)} files, ${bytes(one.bytes)}, each as the manifest says`,
  });
}

const describe = (found: Judged[]): string =>
  found.map(({ backup, problem }) => `${backup.label}${problem ? `: ${problem}` : ''}`)[0] ?? 'none';

function noBundle({ plan, at }: BundleContext, only: string | undefined, found: Judged[], all: Judged[]): Refusal {
  const directory = `${plan.backups.directory}/${at.kind}`;
  const [first] = found;
  const there = all.map((one) => one.backup.label).slice(0, named);
  const others = there.length > 0 ? `there are: ${there.join(', ')}` : 'there is none at all';
  // Where a renewal is what is needed, another bundle is no help.
  const expired = found.find((one) => one.code === 'DR-CERTIFICATE');
  if (expired)
    return {
      code: 'DR-CERTIFICATE',
      message: `no bundle of certificates in ${directory} holds one that can be served now; ${expired.backup.label}: ${expired.problem ?? ''}; ${others}`,
      next: `Renew the certificate for ${plan.gateway.publicName} with your authority, put it and its key into ${plan.gateway.certificates}, reload the gateway, then \`dr backup certificates\`.`,
    };
  if (only !== undefined && first?.problem !== undefined)
    return { code: 'DR-BACKUP-CORRUPT', message: `${first.problem}; ${others}`, next: 'Choose another bundle.' };
  const why = found.map((one) => `${one.backup.label}: ${one.problem ?? ''}`).slice(0, 5);
  return {
    code: 'DR-NO-BACKUP',
    message: [`there is no whole bundle ${only ?? `of ${at.kind}`} in ${directory}`, ...why, others].join('; '),
    next: nextOf(at.kind, directory),
  };
}

const nextOf = (kind: BundleKind, directory: string): string =>
  `Look into ${directory}, name one that is there; bring bundles back from where they are copied to; without one the ${kind} must be made anew by hand.`;
