/** What an interrupted demo leaves behind on the control plane: a run at its gate would hold the lock of the next one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { runQuery } from '../../workflows/contracts/messages';
import { databaseResource, recoveryLock } from '../../workflows/contracts/names';
import type { ControlPlaneState } from '../control-plane/state';

/** Who started a run, or a control plane. */
export const demo = 'npm run demo';
/** Kept with every run the demo starts. */
export const memo = { startedBy: demo };
/** The lock that the demo needs. */
export const demoRun = recoveryLock(databaseResource('shandi'));

type Say = (line: string) => void;

/** An undo takes seconds; what is not over by then has nobody who would decide about it. Milliseconds. */
const patience = 60_000;

/** Opens the way to the control plane, does the work, closes it whatever happens. */
export async function withClient<T>(control: ControlPlaneState, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: control.address, connectTimeout: 5_000 });
  try {
    return await work(new Client({ connection, namespace: control.namespace }));
  } finally {
    await connection.close();
  }
}

/**
 * Aborts the runs that earlier demos left open, and waits until they have undone what they did.
 * @param everything also the runs a person started: the control plane is the demo's, and their platform is removed with it
 */
export async function endLeft(client: Client, { everything }: { everything: boolean }, say: Say): Promise<void> {
  for await (const run of client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    if (!everything && run.memo?.['startedBy'] !== demo) continue;
    say(`ending ${run.workflowId}, which was left open`);
    await end(client, client.workflow.getHandle(run.workflowId), say);
  }
}

async function end(client: Client, handle: WorkflowHandle, say: Say): Promise<void> {
  const within = <T>(ms: number, call: () => Promise<T>): Promise<T | undefined> =>
    client.withDeadline(Date.now() + ms, call).catch(() => undefined);
  const heldSince = async (): Promise<string | undefined> =>
    (await within(5_000, () => handle.query(runQuery)))?.hold?.since;
  const held = await heldSince();
  const word = { by: 'demo operator', reason: 'the demo is over' };
  const taken = await within(10_000, () => handle.executeUpdate('abort', { args: [word] }));
  for (const until = Date.now() + patience; taken && Date.now() < until; await sleep(200)) {
    if ((await handle.describe()).status.name !== 'RUNNING') return;
    // Held anew: in its undo, and nobody is there to decide about it.
    const since = await heldSince();
    if (since !== undefined && since !== held) break;
  }
  await handle.terminate('the demo is over').catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
  say(`${handle.workflowId} could not undo what it did, and was terminated`);
}

/**
 * Makes sure that the demo's recovery can be started: what an earlier demo left is ended.
 * @throws Error when a run that somebody else started has the lock
 */
export async function demandLock(client: Client, say: Say): Promise<void> {
  await endLeft(client, { everything: false }, say);
  const handle = client.workflow.getHandle(demoRun);
  const running = await handle.describe().then(
    ({ status }) => status.name === 'RUNNING',
    () => false,
  );
  if (running)
    throw new Error(
      `${demoRun} is under way, and it was not the demo that started it: end it with ./dr abort ${demoRun} --reason "WHY", then start the demo again`,
    );
}
