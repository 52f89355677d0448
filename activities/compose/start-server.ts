import type { ContainerInspectInfo } from 'dockerode';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { compose } from '../shared/compose';
import { containerLog } from '../shared/container-log';
import { containerFacts, findService } from '../shared/containers';
import { demandDataVolume } from '../shared/data-volume';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { psql } from '../shared/psql';
import { until } from '../shared/until';

/**
 * Starts the database service on the volume its env file names, and waits until it takes writes. Serves the cut-over and
 * its undo. The container is made anew, unless it already runs on that volume: Compose would otherwise start the
 * fenced container again, with the old volume or without a restart policy.
 * @param expectVolume volume that must be mounted at the data directory
 * @param deadlineMs time until it must take writes (default 120 000)
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS when the env file names another volume, DR-COMPOSE, DR-DATABASE-DOWN with the end of its log
 */
export async function startServer(
  args: DatabaseAt & { expectVolume: string; approval: ApprovalReference; deadlineMs?: number },
): Promise<{ containerId: string; durationMs: number }> {
  demandApproval(args.approval);
  const { site, database, expectVolume } = args;
  const began = Date.now();
  return withHeartbeat(`starting ${database.service} on ${expectVolume}`, async (_beat, signal) => {
    // Before Compose starts anything: a server on the wrong volume writes to it at once.
    await demandDataVolume(args, expectVolume);
    if (!serves(args, await findService(site, database.service)))
      await compose(site, ['up', '-d', '--no-deps', '--force-recreate', database.service], signal);
    const info = await databaseContainer(args);
    const facts = containerFacts(info, database.dataDirectory);
    if (facts.dataVolume !== expectVolume)
      throw drFailure(
        'DR-COMPOSE',
        `service ${database.service} runs on volume ${facts.dataVolume ?? 'none'}, expected ${expectVolume}; ${database.volumeVariable} in ${site.compose.envFile} decides`,
      );
    let last = '';
    await until(
      async () => {
        try {
          last = await psql(site, info.Id, 'SELECT pg_is_in_recovery()', { signal, timeoutMs: 5000 });
          return last === 'f' ? true : undefined;
        } catch (error) {
          signal.throwIfAborted();
          last = (error as Error).message;
          const now = await findService(site, database.service);
          // Started again by its restart policy: it died, and trying on would only repeat that.
          if (now && now.RestartCount > 2) throw await died(args, now, last);
          return undefined;
        }
      },
      {
        deadlineMs: args.deadlineMs ?? 120_000,
        signal,
        onTimeout: () => died(args, info, last === 't' ? 'it is in recovery, read-only' : last),
      },
    );
    return { containerId: info.Id, durationMs: Date.now() - began };
  });
}

/** Whether the service already runs as the cut-over wants it. Policy `no` marks a fenced container. */
function serves(args: DatabaseAt & { expectVolume: string }, info: ContainerInspectInfo | undefined): boolean {
  if (!info?.State.Running || info.State.Paused) return false;
  const facts = containerFacts(info, args.database.dataDirectory);
  return facts.dataVolume === args.expectVolume && facts.restartPolicy !== 'no' && facts.restartPolicy !== '';
}

async function died(at: DatabaseAt, info: ContainerInspectInfo, why: string): Promise<Error> {
  const log = await containerLog(at.site, info.Id, { tail: 5 });
  return drFailure(
    'DR-DATABASE-DOWN',
    `service ${at.database.service} was started but does not take writes: ${why}; its log ends: ${log.trim().slice(-500)}`,
    { retry: true },
  );
}
