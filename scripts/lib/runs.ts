/** Listing runs. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { procedures, searchAttributes, type ProcedureName } from '../../workflows/contracts/names';
import { bounded, type ControlPlane } from './connect';

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
  const tier = attributes.get(searchAttributes.tier);
  const planHash = attributes.get(searchAttributes.planHash);
  // A terminated run cannot say so itself: its last word is older than its end. So is that of one that goes on as another.
  const lost = told === undefined || ['terminated', 'timed_out', 'continued_as_new'].includes(status);
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

/**
 * Newest first. A guard begins its history anew every few hours: executions that go on as another one are left out.
 * @param limit rows at most
 */
export async function listRuns(
  plane: ControlPlane,
  filter: { running?: boolean; continued?: boolean; procedure?: ProcedureName },
  limit: number,
): Promise<RunRow[]> {
  const status = filter.running ? " AND ExecutionStatus = 'Running'" : " AND ExecutionStatus != 'ContinuedAsNew'";
  const which = filter.procedure === undefined ? ours : `WorkflowType = '${filter.procedure}'`;
  const query = `${which}${filter.continued ? '' : status}`;
  return bounded(plane, async () => {
    const rows: RunRow[] = [];
    for await (const info of plane.client.workflow.list({ query, pageSize: Math.min(limit, 100) })) {
      rows.push(row(info));
      if (rows.length >= limit) break;
    }
    return rows;
  });
}
