/** Finding runs by the names people use for them. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { bounded, type ControlPlane } from './connect';
import { Fault } from './fault';
import { listRuns, type RunRow } from './runs';

export interface FindOptions {
  runId?: string | undefined;
  /**
   * What it is wanted for. `look` (default). `tell`: it is told something, so it is never a guard that was not named in full.
   * `answer`: a card of it is answered, so it is a recovery if there is one.
   */
  to?: 'look' | 'tell' | 'answer';
}

/** Temporal's status of the newest execution, or of the one that is named; undefined when there is none. */
export async function statusOf(plane: ControlPlane, workflowId: string, runId?: string): Promise<string | undefined> {
  try {
    return (await bounded(plane, () => plane.client.workflow.getHandle(workflowId, runId).describe())).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    // A run id that is no UUID is refused by the server as an invalid argument.
    const { code, cause } = error as { code?: number; cause?: { code?: number } };
    if (code === 3 || cause?.code === 3) return undefined;
    throw error;
  }
}

/** Runs in the background, beside which another run is the one that is meant. */
export const background: readonly string[] = [
  'guardDatabase',
  'keepCopy',
  'notifyPeople',
  'callOnCall',
  'postStatus',
  'recoveryChecklist',
  'reducedFunctionality',
  'readinessCheck',
  'periodicReport',
  'closeTask',
];

/** Those that are meant: under way rather than ended, a recovery rather than what merely runs beside it. */
export function meant(rows: RunRow[], to: FindOptions['to'] = 'look'): RunRow[] {
  const wishes: ((row: RunRow) => boolean)[] = [
    (row) => row.endedAt === undefined,
    (row) => !background.includes(row.procedure),
    (row) => to !== 'answer' || row.workflowId.startsWith('recover.'),
  ];
  const possible = to === 'look' ? rows : rows.filter((row) => row.procedure !== 'guardDatabase');
  return wishes.reduce((left, wish) => (left.some(wish) ? left.filter(wish) : left), possible);
}

const idsOf = (rows: RunRow[]): string => rows.map((one) => one.workflowId).join(', ');

/**
 * The workflow id behind a name: the id itself, its resource (`database.shandi`), or a unique end of it (`shandi`). Without a
 * name, the only run that is under way. Ids are asked first, because the lists lag behind by a moment.
 * @throws Fault with exit code 2 when nothing or more than one thing fits
 */
export async function findRun(
  plane: ControlPlane,
  name: string | undefined,
  { runId, to = 'look' }: FindOptions = {},
): Promise<string> {
  if (name === undefined) return onlyRun(plane, to);
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(name)) {
    throw new Fault(
      'input',
      `Argument <run> is "${name}": expected a workflow id such as recover.database.shandi, its resource (database.shandi) or its end (shandi).`,
      'List the runs with `dr runs`.',
    );
  }
  for (const id of [name, `recover.${name}`, `recover.database.${name}`])
    if ((await statusOf(plane, id, runId)) !== undefined) return id;
  const rows = await listRuns(plane, {}, 500);
  const known = rows.filter((row, index) => rows.findIndex((one) => one.workflowId === row.workflowId) === index);
  const like = known.filter((row) => row.workflowId.endsWith(`.${name}`));
  const all = runId === undefined ? like : await withExecution(plane, like, runId);
  const fitting = meant(all, to);
  if (fitting.length === 1) return fitting[0]!.workflowId;
  throw new Fault(
    'input',
    `Argument <run> is "${name}"${runId ? ` with --run-id ${runId}` : ''}: ${
      fitting.length > 1
        ? `it fits ${idsOf(fitting)}. Expected the name of one run.`
        : all.length > 0
          ? `it fits only the guard ${idsOf(all)}, which is told something only by its whole name.`
          : `no run has that name at ${plane.address}. Expected ${known.length > 0 ? `one of ${idsOf(known.slice(0, 8))}` : 'a run, but there is none yet'}.`
    }`,
    'List the runs with `dr runs --all`.',
  );
}

async function withExecution(plane: ControlPlane, rows: RunRow[], runId: string): Promise<RunRow[]> {
  const found = await Promise.all(rows.map(({ workflowId }) => statusOf(plane, workflowId, runId)));
  return rows.filter((_row, index) => found[index] !== undefined);
}

async function onlyRun(plane: ControlPlane, to: NonNullable<FindOptions['to']>): Promise<string> {
  const running = await listRuns(plane, { running: true }, 100);
  // A keeper merely waits to remove a copy, a message or a checklist goes on beside a recovery; nobody who names no run means it.
  const found = meant(
    running.filter((one) => one.procedure === 'guardDatabase' || !background.includes(one.procedure)),
    to,
  );
  if (found.length === 1) return found[0]!.workflowId;
  const aside = (procedure: string, says: string): string => {
    const rows = running.filter((one) => one.procedure === procedure);
    return rows.length > 0 ? ` ${says} ${idsOf(rows)}; name one to mean it.` : '';
  };
  throw new Fault(
    'input',
    found.length === 0
      ? `Argument <run> is missing and no run is under way: expected the name of a run that has ended.${aside('keepCopy', 'Copies are kept by')}${aside('guardDatabase', 'Databases are watched by')}${aside('callOnCall', 'The on-call chain is called by')}${aside('recoveryChecklist', 'A checklist is kept by')}`
      : `Argument <run> is missing and ${found.length} runs are under way: ${idsOf(found)}. Expected one of them.`,
    'List the runs with `dr runs --all`.',
  );
}
