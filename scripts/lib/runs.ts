/** Finding runs by the names people use for them, and listing them. */
import { WorkflowNotFoundError, type WorkflowExecutionInfo } from '@temporalio/client';
import { procedures, searchAttributes } from '../../workflows/contracts/names';
import { bounded, type ControlPlane } from './connect';
import { Fault } from './fault';

export interface RunRow {
  workflowId: string;
  runId: string;
  procedure: string;
  resource: string;
  /** State of the run as it tells it; where it never could, Temporal's own status in lower case. */
  state: string;
  verdict: string;
  /** Tier that judges the run; absent until it has read the plan. */
  tier?: string;
  /** Hash of the plan the run pinned. */
  planHash?: string;
  startedAt: string;
  endedAt?: string;
}

const ours = `WorkflowType IN (${procedures.map((name) => `'${name}'`).join(', ')})`;

function row(info: WorkflowExecutionInfo): RunRow {
  const attributes = info.typedSearchAttributes;
  const status = info.status.name.toLowerCase();
  const told = attributes.get(searchAttributes.state);
  // A terminated run cannot say so itself: its last word is older than its end.
  const tier = attributes.get(searchAttributes.tier);
  const planHash = attributes.get(searchAttributes.planHash);
  const lost = told === undefined || ['terminated', 'timed_out'].includes(status);
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    procedure: info.type,
    resource: attributes.get(searchAttributes.resource) ?? info.workflowId.replace(/^[a-z]+\./, ''),
    state: lost ? status : told,
    verdict: attributes.get(searchAttributes.verdict) ?? 'none',
    ...(tier ? { tier } : {}),
    ...(planHash ? { planHash } : {}),
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime ? { endedAt: info.closeTime.toISOString() } : {}),
  };
}

/** Newest first. @param limit rows at most */
export async function listRuns(plane: ControlPlane, filter: { running?: boolean }, limit: number): Promise<RunRow[]> {
  const query = filter.running ? `${ours} AND ExecutionStatus = 'Running'` : ours;
  return bounded(plane, async () => {
    const rows: RunRow[] = [];
    for await (const info of plane.client.workflow.list({ query, pageSize: Math.min(limit, 100) })) {
      rows.push(row(info));
      if (rows.length >= limit) break;
    }
    return rows;
  });
}

async function exists(plane: ControlPlane, workflowId: string, runId?: string): Promise<boolean> {
  try {
    await bounded(plane, () => plane.client.workflow.getHandle(workflowId, runId).describe());
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    // A run id that is no UUID is refused by the server as an invalid argument.
    if (
      (error as { code?: number }).code === 3 ||
      ((error as Error).cause as { code?: number } | undefined)?.code === 3
    )
      return false;
    throw error;
  }
}

/**
 * The workflow id behind a name: the id itself, its resource (`database.shandi`), or a unique end of it (`shandi`). Without a
 * name, the only run that is under way. Ids are asked first, because the lists lag behind by a moment.
 * @throws Fault with exit code 2 when nothing or more than one thing fits
 */
export async function findRun(plane: ControlPlane, name: string | undefined, runId?: string): Promise<string> {
  if (name === undefined) return onlyRun(plane);
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(name)) {
    throw new Fault(
      'input',
      `Argument <run> is "${name}": expected a workflow id such as recover.database.shandi, its resource (database.shandi) or its end (shandi).`,
      'List the runs with `dr runs`.',
    );
  }
  for (const id of [name, `recover.${name}`, `recover.database.${name}`]) if (await exists(plane, id, runId)) return id;
  const known = [...new Set((await listRuns(plane, {}, 500)).map((one) => one.workflowId))];
  const fitting = known.filter((id) => id.endsWith(`.${name}`));
  if (fitting.length === 1) return fitting[0]!;
  const where = runId ? ` with --run-id ${runId}` : '';
  throw new Fault(
    'input',
    fitting.length > 1
      ? `Argument <run> is "${name}": it fits ${fitting.join(', ')}. Expected the name of one run.`
      : `Argument <run> is "${name}"${where}: no run has that name at ${plane.address}. Expected ${known.length > 0 ? `one of ${known.slice(0, 8).join(', ')}` : 'a run, but there is none yet'}.`,
    'List the runs with `dr runs --all`.',
  );
}

async function onlyRun(plane: ControlPlane): Promise<string> {
  const running = await listRuns(plane, { running: true }, 100);
  // A keeper merely waits to remove a copy; nobody who names no run means it.
  const found = running.filter((one) => one.procedure !== 'keepCopy');
  const keepers = running.filter((one) => one.procedure === 'keepCopy').map((one) => one.workflowId);
  const kept = keepers.length > 0 ? ` Copies are kept by ${keepers.join(', ')}; name one to mean it.` : '';
  if (found.length === 1) return found[0]!.workflowId;
  throw new Fault(
    'input',
    found.length === 0
      ? `Argument <run> is missing and no run is under way: expected the name of a run that has ended.${kept}`
      : `Argument <run> is missing and ${found.length} runs are under way: ${found.map((one) => one.workflowId).join(', ')}. Expected one of them.`,
    'List the runs with `dr runs --all`.',
  );
}
