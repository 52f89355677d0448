/** The runs, as Temporal lists them: how many are where, and how those of the last day ended. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { procedures, searchAttributes } from '../../workflows/contracts/names';
import type { Sheet } from './sheet';

/** A run as the list tells it. */
export interface ListedRun {
  workflowId: string;
  runId: string;
  procedure: string;
  /** As the run told it last; where it could not, Temporal's own status in lower case. */
  state: string;
  verdict: string;
  /** It worked on the copy of a drill. */
  drill: boolean;
  /** UTC; absent: it is open. */
  endedAt?: string;
}

export interface RunFacts {
  open: ListedRun[];
  /** Those of the last 24 hours. */
  ended: ListedRun[];
}

/** Rows of each list at most: what is read at a scrape must stay small, whatever has happened. */
const most = 1_000;
const dayMs = 86_400_000;

const ours = `WorkflowType IN (${procedures.map((name) => `'${name}'`).join(', ')})`;

/** Reads both lists. A guard begins its history anew every few hours: executions that go on as another one are left out. */
export async function listRuns(client: Client, now = Date.now()): Promise<RunFacts> {
  const since = new Date(now - dayMs).toISOString();
  const [open, ended] = await Promise.all([
    list(client, `${ours} AND ExecutionStatus = 'Running'`),
    // A run that is open may have any moment in the column of its end: the development server has one far ahead.
    list(
      client,
      `${ours} AND ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew' AND CloseTime > '${since}'`,
    ),
  ]);
  return { open, ended };
}

async function list(client: Client, query: string): Promise<ListedRun[]> {
  const rows: ListedRun[] = [];
  for await (const info of client.workflow.list({ query, pageSize: 200 })) {
    rows.push(rowOf(info));
    if (rows.length >= most) break;
  }
  return rows;
}

function rowOf(info: WorkflowExecutionInfo): ListedRun {
  const attributes = info.typedSearchAttributes;
  const status = info.status.name.toLowerCase();
  const told = attributes.get(searchAttributes.state);
  const resource = attributes.get(searchAttributes.resource) ?? '';
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    procedure: info.type,
    // One that was ended from outside cannot say so itself: its last word is older than its end.
    state: told === undefined || ['terminated', 'timed_out'].includes(status) ? status : told,
    verdict: attributes.get(searchAttributes.verdict) ?? 'none',
    drill: resource.startsWith('drill.'),
    ...(info.closeTime ? { endedAt: info.closeTime.toISOString() } : {}),
  };
}

/** Whether it was a drill, as a label. */
export const yesOrNo = (value: boolean): 'yes' | 'no' => (value ? 'yes' : 'no');

export const seconds = (iso: string): number => Date.parse(iso) / 1000;

/** Puts what the lists say. Pure. */
export function putRuns(sheet: Sheet, { open, ended }: RunFacts): void {
  for (const [labels, runs] of grouped(open, ({ procedure, state, drill }) => ({
    procedure,
    state,
    drill: yesOrNo(drill),
  })))
    sheet.put('dr_runs', labels, runs.length);
  for (const [labels, runs] of grouped(ended, ({ procedure, state, verdict, drill }) => ({
    procedure,
    state,
    verdict,
    drill: yesOrNo(drill),
  }))) {
    sheet.put('dr_runs_ended_last_day', labels, runs.length);
    const last = Math.max(...runs.map((one) => seconds(one.endedAt ?? '')));
    sheet.put('dr_run_last_ended_timestamp_seconds', labels, last);
  }
}

/** Those of the same labels together. */
export function grouped<T, L extends Record<string, string>>(all: T[], labelsOf: (one: T) => L): [L, T[]][] {
  const groups = new Map<string, [L, T[]]>();
  for (const one of all) {
    const labels = labelsOf(one);
    const key = JSON.stringify(labels);
    const group = groups.get(key);
    if (group) group[1].push(one);
    else groups.set(key, [labels, [one]]);
  }
  return [...groups.values()];
}
