/** The lock of a database while it goes to another site, and for as long as it is there. */
import {
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { drFailure, problemOf } from '../contracts/errors';
import { askHoldSignal, holdsSignal, releaseSignal, servedSignal } from '../contracts/messages';
import { controlQueue, databaseResource, recoveryLock } from '../contracts/names';
import { startLocked } from '../kernel/child';
import type { Run } from '../kernel/run';
import type { SeenMove } from './assess';
import type { Move } from './context';

/** A holder that was just told to let go writes its report before its lock is free, milliseconds. */
const letGoMs = 10_000;
const betweenTriesMs = 250;

/**
 * Takes the lock of every database by a run of its own, which outlives this one. Until the promotion the way back lets it go.
 * A database that an earlier run has promoted is held already.
 * @param again this run has held them before, and has let them go
 * @returns lets go what was taken: the lock is free for others a moment later
 */
export async function holdDatabases(
  run: Run,
  { input, system }: Move,
  databases: SeenMove[],
  again: boolean,
): Promise<(why: string) => Promise<void>> {
  const { reason, by, planHash } = input;
  const held: ((why: string) => Promise<void>)[] = [];
  for (const { database, promoted } of databases) {
    const workflowId = recoveryLock(databaseResource(database.name));
    let taken = false;
    const letGo = async (why: string): Promise<void> => {
      // Of one that is promoted it is never let go.
      if (!taken || promoted) return;
      taken = false;
      const word = { by, reason: why };
      // One that a person has ended meanwhile holds nothing any more.
      await getExternalWorkflowHandle(workflowId)
        .signal(releaseSignal, word)
        .catch((error: unknown) => run.note(`${workflowId} was not told: ${problemOf(error).message}`));
    };
    held.push(letGo);
    await run.change(
      `Take the lock of database ${database.name}`,
      async () => {
        if (taken) return true;
        const take = (): Promise<boolean> =>
          startLocked({
            procedure: 'holdDatabase',
            workflowId,
            taskQueue: controlQueue,
            input: {
              ...{ database: database.name, site: system.site.name, by },
              reason: `site failover: ${reason}`.slice(0, 2000),
              ...(planHash === undefined ? {} : { planHash }),
            },
          });
        const end = Date.now() + (again && !promoted ? letGoMs : 0);
        for (taken = await take(); !taken && Date.now() < end; taken = await take()) await sleep(betweenTriesMs);
        if (!taken && !promoted)
          throw drFailure('DR-LOCKED', `another run works on database ${database.name}: ${workflowId}`, {
            next: `Look at it (\`dr show ${databaseResource(database.name)}\`), abort it or wait for its end, then retry.`,
          });
        return taken;
      },
      {
        undo: {
          title: `Let the lock of database ${database.name} go`,
          act: () => letGo('the site failover was undone'),
        },
        outcome: (now) => (now ? `${workflowId} is held` : `${workflowId} was held already`),
      },
    );
  }
  return async (why) => {
    for (const letGo of held) await letGo(why);
  };
}

/** Tells the holder of a lock that its database is the primary elsewhere; with no proof of the fence it stops the site when it comes back. */
export async function tellHolder(run: Run, database: string, homeStopped: boolean): Promise<void> {
  const workflowId = recoveryLock(databaseResource(database));
  await run.optional(`Tell ${workflowId} where its database is`, async () => {
    await getExternalWorkflowHandle(workflowId)
      .signal(servedSignal, { homeStopped })
      .catch((error: unknown) => {
        if (isCancellation(error)) throw error;
        throw drFailure(
          'DR-LOCKED',
          `${workflowId} does not hold the lock of database ${database}: ${problemOf(error).message}`,
          {
            next: 'Nothing keeps other runs off the database now. Skip to go on without, on record.',
          },
        );
      });
    return true;
  });
}

/** Who has the lock of a database: nobody, the run that holds it while another site serves, or a run that works on it. */
export type Holder = { by: 'nobody' } | { by: 'hold'; site: string; settled: boolean } | { by: 'another' };

/** A run that holds a lock answers in milliseconds; one that has another work to do has no word for it. */
const answerMs = 2_000;

/** Asks whoever has the lock of a database, one database at a time. A lock that nobody has costs no time. */
export async function askHolder(database: string): Promise<Holder> {
  let said: { site: string; settled: boolean } | undefined;
  setHandler(holdsSignal, (answer) => {
    if (answer?.database === database) said = answer;
  });
  const { workflowId, runId } = workflowInfo();
  try {
    await getExternalWorkflowHandle(recoveryLock(databaseResource(database))).signal(askHoldSignal, {
      workflowId,
      runId,
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { by: 'nobody' };
  }
  await condition(() => said !== undefined, answerMs);
  return said ? { by: 'hold', site: said.site, settled: said.settled } : { by: 'another' };
}
