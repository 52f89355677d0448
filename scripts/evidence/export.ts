/** Makes the bundle of a run that has ended. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { hashPlan } from '../../plan';
import { hashOf } from '../../activities/shared/backup-files';
import { writeFileAtomically } from '../../activities/shared/write-file';
import type { ControlPlane } from '../lib/connect';
import { Fault } from '../lib/fault';
import { append, headOf, manifestName, manifestText, type Entry } from './chain';
import { collectRuns, type Collected } from './collect';
import type { Contents } from './contents';
import { walk } from './files';
import { alone, keepHead, openBundle, tipOf } from './folder';
import { endOf, pinnedPlanOf, procedureOf, type RunName } from './history';
import { knownSecrets, scan, type KnownSecrets } from './secrets';
import { stage } from './stage';
import { productVersion, versionsOf, type PresentCode } from './versions';

export interface ExportOptions {
  /** Folder that the bundle is made in; the bundles of a folder are one chain. */
  to: string;
  /** Who exports it. */
  by: string;
  secrets: KnownSecrets;
  code: PresentCode;
}

export interface Exported {
  path: string;
  head: string;
  /** It was there already: nothing was changed. */
  existed: boolean;
  contents?: Contents;
}

/**
 * A bundle appears whole or not at all: it is made under another name, and renamed once it is sealed.
 * @throws Fault when the run has not ended, or a secret would be in the bundle: the file is named, never the value
 */
export async function exportRun(plane: ControlPlane, run: RunName, options: ExportOptions): Promise<Exported> {
  const name = nameOf(run);
  return alone(options.to, async () => {
    const path = join(options.to, name);
    const there = await openBundle(path);
    if (there) return { path, head: headOf(there.entries), existed: true };
    const collected = await collect(plane, run);
    const draft = join(options.to, `.${name}.draft`);
    // One of an export that was killed.
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true, mode: 0o750 });
    try {
      const contents = await stage(draft, collected, versionsOf(options.code));
      const entries = await seal(draft, name, collected, options);
      await rename(draft, path);
      await keepHead(options.to, name, headOf(entries));
      return { path, head: headOf(entries), existed: false, contents };
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
}

/** Name of the bundle of a run. */
export const nameOf = ({ workflowId, runId }: RunName): string => `${workflowId}-${runId.slice(-8)}`;

async function collect(plane: ControlPlane, run: RunName): Promise<Collected> {
  const collected = await collectRuns(plane, run).catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new Fault(
      'input',
      `${run.workflowId} (run ${run.runId}) is not on the server at ${plane.address} any more: there is no history to export.`,
      'Its report may still be below evidence/ of DR_HOME. Export runs before the retention of the server is over.',
    );
  });
  if (collected.runs[0] && endOf(collected.runs[0].history) === undefined)
    throw new Fault(
      'refused',
      `${run.workflowId} has not ended: a bundle is that of a run that is over. Nothing was written.`,
      `Follow it with \`./dr watch ${run.workflowId}\`, then export it.`,
    );
  return collected;
}

/** Looks for secrets, then lists and seals what is in the folder. */
async function seal(
  draft: string,
  name: string,
  { runs }: Collected,
  { to, by, secrets }: ExportOptions,
): Promise<Entry[]> {
  const [main] = runs;
  const { files } = await walk(draft);
  const found = await scan(draft, files, {
    ...secrets,
    needles: [...secrets.needles, ...(await needlesOfPlans(runs))],
  });
  if (found.length > 0)
    throw new Fault(
      'refused',
      [`A secret is in what would be the bundle ${name}; nothing was written:`, ...found.map((one) => `  ${one}`)].join(
        '\n',
      ),
      'Change that secret, since the run has written it down; docs/evidence.md says what to do then.',
    );
  let entries = append([], {
    kind: 'bundle',
    format: 1,
    name,
    workflowId: main?.workflowId ?? '',
    runId: main?.runId ?? '',
    procedure: main ? procedureOf(main.history) : '',
    madeAt: new Date().toISOString(),
    by,
    product: productVersion(),
    after: await tipOf(to),
  });
  for (const path of files) entries = append(entries, { kind: 'file', path, ...(await hashOf(join(draft, path))) });
  entries = append(entries, { kind: 'seal', files: files.length });
  await writeFileAtomically(join(draft, manifestName), manifestText(entries), 0o640);
  return entries;
}

/** The plan of a run may be an older one than that of today, or that of a drill's copy: it refers to other secrets. */
async function needlesOfPlans(runs: Collected['runs']): Promise<KnownSecrets['needles']> {
  const plans = runs.flatMap(({ history }) => pinnedPlanOf(history)?.plan ?? []);
  const distinct = [...new Map(plans.map((plan) => [hashPlan(plan), plan])).values()];
  return (await Promise.all(distinct.map((plan) => knownSecrets(plan, {})))).flatMap(({ needles }) => needles);
}
