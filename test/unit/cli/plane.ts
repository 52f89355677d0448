import { WorkflowNotFoundError } from '@temporalio/client';
import type { ControlPlane } from '../../../scripts/lib/connect';
import type { RunView } from '../../../workflows/contracts/run-view';

/** An execution the server knows, newest first in a list of them. */
export interface Execution {
  id: string;
  type: string;
  runId?: string;
  /** Temporal's status; default RUNNING. */
  status?: string;
  /** Search attribute DrState. */
  state?: string;
  /** What its worker answers to the query `run`; absent: nobody answers. */
  view?: RunView;
}

/** A control plane that knows these executions and whose calls answer at once. `calls`: what else it can do. */
export function planeOf(executions: Execution[], calls: Record<string, unknown> = {}): ControlPlane {
  const infoOf = ({ id, type, runId = 'r', status = 'RUNNING', state }: Execution) => ({
    workflowId: id,
    type,
    runId,
    status: { name: status },
    startTime: new Date(0),
    ...(status === 'RUNNING' ? {} : { closeTime: new Date(1) }),
    typedSearchAttributes: { get: ({ name }: { name: string }) => (name === 'DrState' ? state : undefined) },
    raw: {},
  });
  const list = ({ query }: { query: string }) =>
    executions
      .filter(({ status = 'RUNNING' }) => !query.includes("= 'Running'") || status === 'RUNNING')
      .filter(({ status }) => !query.includes("!= 'ContinuedAsNew'") || status !== 'CONTINUED_AS_NEW')
      .map(infoOf);
  const getHandle = (id: string, runId?: string) => {
    const found = executions.find((one) => one.id === id && (runId === undefined || (one.runId ?? 'r') === runId));
    return {
      describe: async () => {
        if (!found) throw new WorkflowNotFoundError('not found', id, runId);
        return Promise.resolve(infoOf(found));
      },
      query: () => (found?.view ? Promise.resolve(found.view) : Promise.reject(new Error('nobody'))),
      ...calls,
    };
  };
  const workflowService = {
    describeTaskQueue: () => Promise.resolve({ pollers: [{ lastAccessTime: { seconds: Date.now() / 1000 } }] }),
  };
  return {
    address: 'nowhere',
    namespace: 'default',
    client: {
      withDeadline: (_at: number, call: () => unknown) => call(),
      workflow: { list, getHandle, ...calls },
      workflowService,
    },
  } as unknown as ControlPlane;
}
