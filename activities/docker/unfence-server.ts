import type { ContainerInspectInfo } from 'dockerode';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { compose } from '../shared/compose';
import { containerFacts, inspectContainer } from '../shared/containers';
import { demandDataVolume } from '../shared/data-volume';
import { databaseContainer } from '../shared/database-container';
import { engineOf, engineStatus, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';
import { psql } from '../shared/psql';
import { until } from '../shared/until';
import { connectAnswers, describeAnswers, type ConnectAnswer } from './connect-answers';
import { reachable, reconnect } from './reconnect';

/** How long a server that takes writes may stay out of reach, milliseconds. */
const reachDeadlineMs = 15_000;

export interface UnfenceServer extends DatabaseAt {
  /** The fenced container; empty: there was none. */
  containerId: string;
  /** Policy before the fence, e.g. `unless-stopped`. */
  restartPolicy: string;
  /** Whether it ran before the fence (default true); a server that somebody had stopped stays stopped. */
  wasRunning?: boolean;
  /** Networks it was in before the fence: one that outlived the kill was cut off from them. Default: not looked at. */
  networks?: string[];
  /** Data volume it must have. */
  expectVolume: string;
  /** That of the fence. */
  approval: ApprovalReference;
  /** Time for crash recovery, milliseconds (default 120 000). */
  deadlineMs?: number;
}

export interface UnfencedServer {
  containerId: string;
  /** It runs and takes writes. */
  running: boolean;
  durationMs: number;
}

/**
 * Undo of the fence: the old restart policy, the networks it was cut off from, and a server that ran before started again,
 * with a wait until it takes writes and a connect over the network succeeds. Does nothing to a server that was never fenced.
 * When its container is gone, the service is brought up again by Compose. Never starts a server on another volume than the expected one.
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS when container or env file name another volume, DR-DATABASE-DOWN when it takes no
 *   writes in time or cannot be reached
 */
export async function unfenceServer(args: UnfenceServer): Promise<UnfencedServer> {
  demandApproval(args.approval);
  const { site, database, containerId } = args;
  const wasRunning = args.wasRunning ?? true;
  const began = Date.now();
  return withHeartbeat(`starting ${database.service} again`, async (_beat, signal) => {
    const info = containerId ? await inspectContainer(site, containerId) : undefined;
    if (info) {
      demandService(site, database.service, info);
      demandVolume(args, info);
      const container = engineOf(site).getContainer(containerId);
      if (info.HostConfig.RestartPolicy?.Name !== args.restartPolicy)
        await onEngine(site, `setting restart policy of ${containerId}`, () =>
          container.update({ RestartPolicy: { Name: args.restartPolicy } }),
        );
      await reconnect(site, info, args.networks ?? []);
      if (!wasRunning) return { containerId, running: info.State.Running, durationMs: Date.now() - began };
      await onEngine(site, `starting ${containerId}`, async () => {
        if (info.State.Paused) await container.unpause();
        else if (!info.State.Running)
          await container.start().catch((error: unknown) => {
            if (engineStatus(error) !== 304) throw error;
          });
      });
    } else {
      // Compose mounts what the env file names: asked before, because a server that has started has written.
      await demandDataVolume(args, args.expectVolume);
      if (!wasRunning) return { containerId, running: false, durationMs: Date.now() - began };
      await compose(site, ['up', '-d', '--no-deps', database.service], signal);
    }
    const now = info ?? (await databaseContainer(args));
    demandVolume(args, now);
    const id = now.Id;
    await until(
      async () => {
        // A container that was just dying when it was looked at has ended since.
        await engineOf(site)
          .getContainer(id)
          .start()
          .catch(() => undefined);
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
    if ((args.networks ?? []).length > 0) await untilReachable(args, signal);
    return { containerId: id, running: true, durationMs: Date.now() - began };
  });
}

/** A server that only its own container can reach is as good as fenced. */
async function untilReachable(args: UnfenceServer, signal: AbortSignal): Promise<void> {
  let answers: ConnectAnswer[] = [];
  await until(
    async () => {
      answers = await connectAnswers(args, undefined);
      return reachable(answers) ? true : undefined;
    },
    {
      deadlineMs: reachDeadlineMs,
      signal,
      onTimeout: () =>
        drFailure(
          'DR-DATABASE-DOWN',
          `service ${args.database.service} takes writes again, but nobody reaches it: ${describeAnswers(answers) || 'no connect was tried'}`,
          { retry: true, next: 'Look at its networks (docker inspect) and published port, then retry.' },
        ),
    },
  );
}

function demandVolume(args: UnfenceServer, info: ContainerInspectInfo): void {
  const facts = containerFacts(info, args.database.dataDirectory);
  if (facts.dataVolume === args.expectVolume) return;
  throw drFailure(
    'DR-NOT-OURS',
    `container ${facts.name} has volume ${facts.dataVolume ?? 'none'} at ${args.database.dataDirectory}, expected ${args.expectVolume}; it was not started`,
  );
}
