import type { MemberAt } from '../../workflows/contracts/cluster';
import { drFailure } from '../../workflows/contracts/errors';
import { compose } from '../shared/compose';
import { findService } from '../shared/containers';
import { engineStatus, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { psql } from '../shared/psql';
import { until } from '../shared/until';
import { inspectDataVolume } from './inspect-data-volume';

export interface WakeStandby extends MemberAt {
  /** Until it must answer, milliseconds (default 60 000). */
  deadlineMs?: number;
}

/**
 * Starts a standby that has ended while its primary is lost, and waits until it answers as one. It needs no approval: that it is
 * a standby is read from its own volume before (`standby.signal`), so what is started is read-only. Safe to repeat.
 * @throws DR-STANDBY when its volume is not a standby's, when it takes writes all the same (it is stopped again), or does not answer;
 *   DR-COMPOSE
 */
export async function wakeStandby(args: WakeStandby): Promise<{ containerId: string }> {
  const { site, service } = args;
  return withHeartbeat(`starting ${service}`, async (_beat, signal) => {
    if (!(await findService(site, service))?.State.Running) {
      const { volume = 'none', holds } = await inspectDataVolume(args);
      if (holds !== 'standby')
        throw drFailure(
          'DR-STANDBY',
          `${service} is not started: its volume ${volume} is not that of a standby (${holds})`,
        );
      await compose(site, ['up', '-d', '--no-deps', '--no-recreate', '--pull', 'never', service], signal);
    }
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
        if (last === 'f') await stopAgain(args, info.Id);
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

/** A second primary, whoever it is: not for a moment longer. */
async function stopAgain({ site, service }: WakeStandby, id: string): Promise<never> {
  await onEngine(site, `stopping ${service}`, (engine) => engine.getContainer(id).kill()).catch((error: unknown) => {
    if (engineStatus(error) !== 409) throw error;
  });
  throw drFailure('DR-STANDBY', `${service} took writes after its start, so it is no standby; it was stopped again`);
}
