import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { releaseSignal, servedSignal } from '../../workflows/contracts/messages';
import { controlQueue } from '../../workflows/contracts/names';
import type { RunView } from '../../workflows/contracts/run-view';
import type { House } from './house';
import { approve, openCard, seen } from './runs';

/** How a test starts a site failover or the way home, answers its gates, and speaks to the run that holds the lock of its database. */
export interface SiteRuns {
  start: (input?: Record<string, unknown>) => Promise<WorkflowHandleWithFirstExecutionRunId>;
  gate: (handle: WorkflowHandleWithFirstExecutionRunId, name: string) => Promise<RunView>;
  answer: (handle: WorkflowHandleWithFirstExecutionRunId, name: string) => Promise<void>;
  hold: () => WorkflowHandle;
  letGo: () => Promise<void>;
  isHeld: () => Promise<boolean>;
  startBack: (input?: Record<string, unknown>) => Promise<WorkflowHandleWithFirstExecutionRunId>;
  /** Takes the lock as a site failover has left it. */
  held: (homeStopped?: boolean) => Promise<WorkflowHandle>;
}

export function siteRuns(house: () => House): SiteRuns {
  const start = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house().client.workflow.start('siteFailover', {
      taskQueue: controlQueue,
      workflowId: 'recover.system',
      args: [{ site: 'backup', reason: 'test', by: 'tester', ...input }],
    });
  const gate = async (handle: WorkflowHandleWithFirstExecutionRunId, name: string): Promise<RunView> =>
    seen(handle, (view) => view.gates.some((one) => one.name === name && one.state === 'open'));
  const answer = async (handle: WorkflowHandleWithFirstExecutionRunId, name: string): Promise<void> =>
    approve(handle, openCard(await gate(handle, name)));
  const hold = () => house().client.workflow.getHandle('recover.database.shandi');
  const letGo = async (): Promise<void> => {
    await hold().signal(releaseSignal, { by: 'tester', reason: 'the test is over' });
    await hold().result();
  };
  const isHeld = async (): Promise<boolean> => (await hold().describe()).status.name === 'RUNNING';
  const startBack = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house().client.workflow.start('siteFailback', {
      taskQueue: controlQueue,
      workflowId: 'recover.system',
      args: [{ reason: 'test', by: 'tester', ...input }],
    });
  const held = async (homeStopped = true): Promise<WorkflowHandle> => {
    const handle = await house().start('holdDatabase', { site: 'backup' });
    await handle.signal(servedSignal, { homeStopped });
    return handle;
  };
  return { start, gate, answer, hold, letGo, isHeld, startBack, held };
}
