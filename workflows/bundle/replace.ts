/** Phases "Decide", "Cut over" and "Verify": files are written to their places; what they replace is kept. */
import type { PlannedFile } from '../../activities/files';
import type { Approval } from '../contracts/approval';
import type { BundleFacts, Comparison, FileFinding, ImageFinding } from '../contracts/bundle';
import { count } from '../contracts/words';
import type { CardContent } from '../kernel/gate';
import { gatePolicy } from '../kernel/gate-policy';
import type { Run } from '../kernel/run';
import type { BundleContext } from './context';
import { envFiles } from './stateful';

export interface Wish {
  what: 'missing' | 'all';
  policyMayAnswer: boolean;
  approvalTimeoutMs?: number | undefined;
  backup: BundleFacts;
  /** Images that would be loaded besides. */
  images: ImageFinding[];
}

export interface Replaced {
  restored: string[];
  /** Bundle that holds what was replaced; undefined: nothing was. */
  kept: string | undefined;
}

/** Compares the opened bundle with what is there. */
export function compare(
  { plan, at, on }: BundleContext,
  { what, backup }: Pick<Wish, 'what' | 'backup'>,
): Promise<Comparison> {
  const { certificates: path, publicName } = plan.gateway;
  return on.probe.compareFiles({
    ...at,
    label: backup.label,
    what,
    envFiles: envFiles(plan),
    databasesFiles: plan.databases.map(({ pooler }) => ({ path: pooler.databasesFile, database: pooler.database })),
    certificates: { path, publicName },
  });
}

export const describe = ({ same, files }: Comparison): string =>
  [
    `${count(same)} as in the bundle`,
    ...(['missing', 'broken', 'changed', 'kept'] as const).flatMap((state) => {
      const some = files.filter((one) => one.state === state).length;
      return some === 0 ? [] : [`${some} ${state}`];
    }),
  ].join(', ');

const toWrite = ({ files }: Comparison): FileFinding[] => files.filter((one) => one.restore);

const planned = (found: Comparison): PlannedFile[] =>
  toWrite(found).map(({ path, now, then }) => ({ path, then, ...(now === undefined ? {} : { now }) }));

/**
 * Asks, then writes. @param act further steps of the cut-over, under the same approval, after the files are in place
 */
export async function replaceFiles(
  run: Run,
  context: BundleContext,
  wish: Wish,
  act: (approval: Approval) => Promise<void> = () => Promise.resolve(),
): Promise<Replaced> {
  const { at } = context;
  run.phase('Decide');
  const { approval, latest } = await decide(run, context, wish);
  return run.irreversible(`Write the files of ${at.kind}`, approval, (valid) =>
    write(run, context, wish, latest(), valid, act),
  );
}

async function write(
  run: Run,
  { at, on, plan, label }: BundleContext,
  { backup }: Wish,
  found: Comparison,
  valid: Approval,
  act: (approval: Approval) => Promise<void>,
): Promise<Replaced> {
  const files = planned(found);
  const approval = valid.reference;
  run.phase('Cut over');
  const kept = await run.change(
    'Keep what is replaced, encrypted',
    () => on.brief.keepFormerFiles({ ...at, label, platform: plan.name, files }),
    { outcome: (one) => (one ? `${one.label}: ${count(one.files)} files` : 'nothing is replaced') },
  );
  await run.change(
    'Write the files to their places',
    () => on.brief.placeFiles({ ...at, label: backup.label, files, approval }),
    {
      undo: {
        title: 'Put back what was there',
        act: () => on.brief.putBackFiles({ ...at, label, files, approval }),
      },
      outcome: ({ written }) => written.join(', ') || 'they were in place',
    },
  );
  await act(valid);
  run.phase('Verify');
  await run.probe(
    at.kind === 'configuration' ? 'Read the files back, and have Compose read the project' : 'Read the files back',
    () => on.probe.checkFiles({ site: at.site, kind: at.kind, files }),
    (one) => `${count(one.files)} files are what was to be written`,
  );
  run.facts('Afterwards', [
    { label: 'Restored', value: files.map((one) => one.path).join(', ') },
    {
      label: 'What they replaced',
      value: kept ? `${kept.label}, in ${plan.backups.directory}/${at.kind}/replaced` : 'nothing',
    },
  ]);
  return { restored: files.map((one) => one.path), kept: kept?.label };
}

/** @returns `latest`: the files as they were compared last, which are those that were approved or do not differ from them */
async function decide(
  run: Run,
  context: BundleContext,
  wish: Wish,
): Promise<{ approval: Approval; latest: () => Comparison }> {
  const { at, plan } = context;
  let latest: Comparison = { same: 0, files: [], warnings: [] };
  const approval = await run.gate<Comparison>('restore', {
    policy: gatePolicy(plan, `${at.kind}.restore`, wish),
    measure: async () => (latest = await compare(context, wish)),
    drifted: (before, now) =>
      same(before, now)
        ? undefined
        : `the files differ from those on the card: ${describe(before)}; now ${describe(now)}`,
    answer: (now) => (wish.policyMayAnswer ? nothingToLose(now) : undefined),
    card: (now) => card(context, wish, now),
  });
  return { approval, latest: () => latest };
}

const same = (before: Comparison, now: Comparison): boolean =>
  JSON.stringify([planned(before), before.warnings]) === JSON.stringify([planned(now), now.warnings]);

/** Why the policy may answer: nothing that works is overwritten, and nothing is in doubt. */
export function nothingToLose(found: Comparison): string | undefined {
  const files = toWrite(found);
  if (found.warnings.length > 0 || files.some((one) => one.state !== 'missing' && one.state !== 'broken'))
    return undefined;
  const how = (state: string): number => files.filter((one) => one.state === state).length;
  return `policy: nothing that works is overwritten (${how('missing')} missing, ${how('broken')} broken)`;
}

export function card({ at, began }: BundleContext, { backup, images }: Wish, found: Comparison): CardContent {
  const files = toWrite(found);
  const replaced = files.filter((one) => one.now !== undefined);
  const left = found.files.filter((one) => !one.restore);
  const load = images.filter((one) => !one.there);
  return {
    title: `Restore ${at.kind} from the bundle of ${backup.takenAt}`,
    will: [
      ...(replaced.length > 0 ? ['Keep what is replaced as an encrypted bundle.'] : []),
      `Write ${count(files.length)} files, each in one step.`,
      ...(load.length > 0
        ? [`Load images that the engine lacks: ${load.map((one) => one.image.name).join(', ')}.`]
        : []),
      at.kind === 'configuration'
        ? 'Read them back, and have Compose read the project. No container is touched.'
        : 'Read them back, have the gateway reload, and see by a TLS connection what it serves.',
    ],
    loss: [
      { label: 'Age of the bundle', value: `taken at ${backup.takenAt}, this run began at ${began}` },
      { label: 'Files overwritten', value: `${count(replaced.length)}, which are kept` },
    ],
    facts: files.flatMap(({ path, keys }) =>
      keys
        ? (['added', 'changed', 'removed'] as const).flatMap((how) =>
            keys[how].length > 0 ? [{ label: `Keys ${how} in ${path}`, value: keys[how].join(', ') }] : [],
          )
        : [],
    ),
    tables: [
      {
        title: `Files that differ (${count(found.same)} are as in the bundle)`,
        columns: ['file', 'now', 'why', 'what happens'],
        rows: [...files, ...left].map((one) => [one.path, one.state, one.says, outcome(one)]),
      },
    ],
    warnings: found.warnings,
  };
}

function outcome({ restore, now, keys }: FileFinding): string {
  if (!restore) return 'stays as it is';
  if (now === undefined) return 'written';
  return keys ? 'replaced; volumes and servers in use stay' : 'replaced';
}
