import { getClient } from '@temporalio/activity';
import { incidentQuery } from '../../workflows/contracts/incident';
import type { ProcedureName } from '../../workflows/contracts/names';

/** A run that has not ended. */
export interface OpenRun {
  workflowId: string;
  /** Workflow type. */
  procedure: string;
}

/** Named at most: one is reason enough. */
const most = 20;

/** For how long an incident is asked how it stands, milliseconds. */
const patienceMs = 3_000;
const incident: ProcedureName = 'incidentResponse';

/**
 * An incident that was declared over is in review, for days maybe: nothing is under way in it. One that does not say is open.
 */
async function isReviewed(workflowId: string): Promise<boolean> {
  const client = getClient();
  const ask = () => client.workflow.getHandle(workflowId).query(incidentQuery);
  return client.withDeadline(Date.now() + patienceMs, ask).then(
    ({ state }) => state === 'reviewing' || state === 'closed',
    () => false,
  );
}

/**
 * Runs that have not ended, but for incidents in review, by how their ids begin, sorted. Asks the Temporal server that this worker works for.
 * @param prefixes such as `recover.`: letters, digits, `.` and `-`
 */
export async function openRuns({ prefixes }: { prefixes: string[] }): Promise<OpenRun[]> {
  const begins = prefixes.map((one) => `WorkflowId STARTS_WITH '${one.replace(/[^a-z0-9.-]/g, '')}'`).join(' OR ');
  const found: OpenRun[] = [];
  const query = `ExecutionStatus = 'Running' AND (${begins})`;
  const { workflow } = getClient();
  for await (const { workflowId, type } of workflow.list({ query, pageSize: most })) {
    // A list is a moment behind: one that has just ended may still be in it.
    const { status } = await workflow.getHandle(workflowId).describe();
    if (status.name !== 'RUNNING' || (type === incident && (await isReviewed(workflowId)))) continue;
    found.push({ workflowId, procedure: type });
    if (found.length >= most) break;
  }
  return found.sort((a, b) => a.workflowId.localeCompare(b.workflowId));
}
