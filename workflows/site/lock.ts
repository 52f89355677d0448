/** The lock of a database while it goes to another site, and for as long as it is there. */
import { getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';
import { drFailure, problemOf } from '../contracts/errors';
import { releaseSignal, servedSignal } from '../contracts/messages';
import { controlQueue, databaseResource, recoveryLock } from '../contracts/names';
import { startLocked } from '../kernel/child';
import type { Run } from '../kernel/run';
import type { SeenMove } from './assess';
import type { Move } from './context';

/**
 * Takes the lock of every database by a run of its own, which outlives this one. Until the promotion the way back lets it go.
 * A database that an earlier run has promoted is held already.
 */
export async function holdDatabases(run: Run, { input, system }: Move, databases: SeenMove[]): Promise<void> {
  const { reason, by, planHash } = input;
  for (const { database, promoted } of databases) {
    const workflowId = recoveryLock(databaseResource(database.name));
    let taken = false;
    await run.change(
      `Take the lock of database ${database.name}`,
      async () => {
        if (taken) return true;
        taken = await startLocked({
          procedure: 'holdDatabase',
          workflowId,
          taskQueue: controlQueue,
          input: {
            ...{ database: database.name, site: system.site.name, by },
            reason: `site failover: ${reason}`.slice(0, 2000),
            ...(planHash === undefined ? {} : { planHash }),
          },
        });
        if (!taken && !promoted)
          throw drFailure('DR-LOCKED', `another run works on database ${database.name}: ${workflowId}`, {
            next: `Look at it (\`dr show ${databaseResource(database.name)}\`), abort it or wait for its end, then retry.`,
          });
        return taken;
      },
      {
        undo: {
          title: `Let the lock of database ${database.name} go`,
          act: async () => {
            if (!taken) return;
            const word = { by, reason: 'the site failover was undone' };
            // One that a person has ended meanwhile holds nothing any more.
            await getExternalWorkflowHandle(workflowId)
              .signal(releaseSignal, word)
              .catch((error: unknown) => run.note(`${workflowId} was not told: ${problemOf(error).message}`));
          },
        },
        outcome: (now) => (now ? `${workflowId} is held` : `${workflowId} was held already`),
      },
    );
  }
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
