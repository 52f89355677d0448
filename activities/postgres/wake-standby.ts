import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { MemberAt } from '../../workflows/contracts/cluster';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { compose } from '../shared/compose';
import { findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { psql } from '../shared/psql';
import { until } from '../shared/until';

export interface WakeStandby extends MemberAt {
  approval: ApprovalReference;
  /** Until it must answer, milliseconds (default 60 000). */
  deadlineMs?: number;
}

/**
 * Starts a standby that has ended while its primary is lost, and waits until it answers as one: what it is decides its own
 * volume (`standby.signal`), and one that takes writes is not let stand as a standby. Safe to repeat.
 * @throws DR-APPROVAL-MISSING, DR-COMPOSE, DR-STANDBY when it takes writes or does not answer
 */
export async function wakeStandby(args: WakeStandby): Promise<{ containerId: string }> {
  demandApproval(args.approval);
  const { site, service } = args;
  return withHeartbeat(`starting ${service}`, async (_beat, signal) => {
    if (!(await findService(site, service))?.State.Running)
      await compose(site, ['up', '-d', '--no-deps', '--no-recreate', '--pull', 'never', service], signal);
    let last = 'it has no container';
    return until(
      async () => {
        const info = await findService(site, service);
        if (!info?.State.Running) return undefined;
        last = await psql(site, info.Id, 'SELECT pg_is_in_recovery()', { signal, timeoutMs: 5000 }).catch(
          (error: Error) => {
            signal.throwIfAborted();
            return error.message;
          },
        );
        if (last === 'f') throw drFailure('DR-STANDBY', `${service} takes writes: it is no standby`);
        return last === 't' ? { containerId: info.Id } : undefined;
      },
      {
        deadlineMs: args.deadlineMs ?? 60_000,
        everyMs: 50,
        signal,
        onTimeout: () => drFailure('DR-STANDBY', `${service} does not answer after a start: ${last}`),
      },
    );
  });
}
