import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { getClient } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { scheduleId, schedulePrefix, searchAttributes, starterId, starterType } from '../../workflows/contracts/names';
import { needsPerson } from '../../workflows/contracts/run-view';
import type { ScheduleFact, ServerFacts } from '../../workflows/contracts/periodic';
import { withHeartbeat } from '../shared/heartbeat';
import { evidenceFolder } from '../shared/paths';

/** @param from UTC @param to UTC, first moment after it */
export interface AskServer {
  from: string;
  to: string;
}

/** Schedules, runs that wait for a person, and runs that ended without a report: what only the Temporal server knows. */
export async function askServer(period: AskServer): Promise<ServerFacts> {
  return withHeartbeat('asking the Temporal server', async () => {
    const client = getClient();
    const [schedules, waiting, unreported, keepsMs] = await Promise.all([
      schedulesOf(client, period),
      waitingNow(client),
      withoutReport(client, period),
      retentionOf(client),
    ]);
    return { schedules, waiting, unreported, ...(keepsMs === undefined ? {} : { keepsMs }) };
  });
}

const closedIn = ({ from, to }: AskServer): string => `CloseTime >= '${from}' AND CloseTime < '${to}'`;

async function schedulesOf(client: Client, period: AskServer): Promise<ScheduleFact[]> {
  const names: string[] = [];
  for await (const { scheduleId: id } of client.schedule.list())
    if (id.startsWith(schedulePrefix)) names.push(id.slice(schedulePrefix.length));
  return Promise.all(
    names.sort().map(async (name) => {
      const ours = `WorkflowType = '${starterType}' AND WorkflowId STARTS_WITH '${starterId(name)}-'`;
      const count = async (status: string): Promise<number> =>
        (await client.workflow.count(`${ours} AND ExecutionStatus = '${status}' AND ${closedIn(period)}`)).count;
      const [completed, failed, { state, info }] = await Promise.all([
        count('Completed'),
        count('Failed'),
        client.schedule.getHandle(scheduleId(name)).describe(),
      ]);
      return {
        name,
        paused: state.paused,
        completed,
        failed,
        skippedOverlap: info.numActionsSkippedOverlap,
        missed: info.numActionsMissedCatchupWindow,
      };
    }),
  );
}

async function waitingNow(client: Client): Promise<ServerFacts['waiting']> {
  const states = [...needsPerson].map((one) => `'${one}'`).join(', ');
  const found: ServerFacts['waiting'] = [];
  const query = `ExecutionStatus = 'Running' AND ${searchAttributes.state.name} IN (${states})`;
  for await (const { workflowId, startTime, typedSearchAttributes } of client.workflow.list({ query })) {
    const state = typedSearchAttributes.get(searchAttributes.state) ?? 'waiting';
    found.push({ workflowId, state, since: startTime.toISOString() });
    if (found.length === 20) break;
  }
  return found.sort((a, b) => a.workflowId.localeCompare(b.workflowId));
}

/** Procedures have the search attribute of theirs; what schedules start beside them has none. */
async function withoutReport(client: Client, period: AskServer): Promise<string[]> {
  const query = `${searchAttributes.procedure.name} IS NOT NULL AND ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew' AND ${closedIn(period)}`;
  const found: string[] = [];
  for await (const { workflowId, runId, status } of client.workflow.list({ query })) {
    if (existsSync(join(evidenceFolder(workflowId, runId), 'report.json'))) continue;
    found.push(`${workflowId} (${status.name.toLowerCase()})`);
    if (found.length === 20) break;
  }
  return found;
}

async function retentionOf(client: Client): Promise<number | undefined> {
  const { namespace } = client.options;
  const { config } = await client.workflowService.describeNamespace({ namespace });
  const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  return seconds > 0 ? seconds * 1000 : undefined;
}
