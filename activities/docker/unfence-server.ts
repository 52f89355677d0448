import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { compose } from '../shared/compose';
import { inspectContainer } from '../shared/containers';
import { databaseContainer } from '../shared/database-container';
import { engineOf, engineStatus, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';
import { psql } from '../shared/psql';
import { until } from '../shared/until';

/**
 * Undo of the fence: the old restart policy, started again, and a wait until it takes writes. Does nothing to a server
 * that was never fenced. When its container is gone, the service is brought up again by Compose on the volume that the
 * env file names.
 * @param restartPolicy policy before the fence, e.g. `unless-stopped`
 * @param deadlineMs time for crash recovery (default 120 000)
 */
export async function unfenceServer(
  args: DatabaseAt & { containerId: string; restartPolicy: string; deadlineMs?: number },
): Promise<{ containerId: string; durationMs: number }> {
  const { site, database, containerId } = args;
  const began = Date.now();
  return withHeartbeat(`starting ${database.service} again`, async (_beat, signal) => {
    const info = await inspectContainer(site, containerId);
    if (info) {
      demandService(site, database.service, info);
      const container = engineOf(site).getContainer(containerId);
      if (info.HostConfig.RestartPolicy?.Name !== args.restartPolicy)
        await onEngine(site, `setting restart policy of ${containerId}`, () =>
          container.update({ RestartPolicy: { Name: args.restartPolicy } }),
        );
      await onEngine(site, `starting ${containerId}`, async () => {
        if (info.State.Paused) await container.unpause();
        else if (!info.State.Running)
          await container.start().catch((error: unknown) => {
            if (engineStatus(error) !== 304) throw error;
          });
      });
    } else await compose(site, ['up', '-d', '--no-deps', database.service], signal);
    const id = info?.Id ?? (await databaseContainer(args)).Id;
    await until(
      async () => {
        const answer = await psql(site, id, 'SELECT pg_is_in_recovery()', { signal, timeoutMs: 5000 }).catch(() => '');
        return answer === 'f' ? true : undefined;
      },
      {
        deadlineMs: args.deadlineMs ?? 120_000,
        signal,
        onTimeout: () =>
          drFailure('DR-DATABASE-DOWN', `service ${database.service} was started again but takes no writes`, {
            retry: true,
          }),
      },
    );
    return { containerId: id, durationMs: Date.now() - began };
  });
}
