import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { ServiceAt } from '../../workflows/contracts/service';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { inspectContainer } from '../shared/containers';
import { engineOf, engineStatus, onEngine, stoppingEngineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';
import { redact } from '../shared/redact';

export interface RestartService extends ServiceAt {
  /** The container as it was looked at. */
  containerId: string;
  /** When it was last started, as it was looked at: a container started since is not restarted again. */
  startedAt: string;
  approval: ApprovalReference;
}

/** Time for an end in order before it is killed, seconds: a service that hangs is what restarts are for. */
const graceSeconds = 5;

/**
 * Starts the container of a service again where it is. One that hangs is killed, one that is paused too: stopping would thaw
 * it, and it would work on with what it held. Safe to run again.
 * @returns `already`: somebody has started it since it was looked at; `refused`: why the engine does not start it
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-SERVICE when the container is gone, DR-ENGINE
 */
export async function restartService(args: RestartService): Promise<{ already?: true; refused?: string }> {
  demandApproval(args.approval);
  const { site, service, containerId } = args;
  return withHeartbeat(`restarting ${service.name}`, async () => {
    const before = await inspectContainer(site, containerId);
    if (!before) throw drFailure('DR-SERVICE', `container ${containerId} of service ${service.name} is gone`);
    demandService(site, service.name, before);
    if (before.State.Running && before.State.StartedAt !== args.startedAt) return { already: true };
    const container = engineOf(site).getContainer(containerId);
    if (before.State.Paused)
      await onEngine(site, `killing ${containerId}`, () => container.kill({ signal: 'SIGKILL' }).catch(ignoreDone));
    else if (before.State.Running || before.State.Restarting)
      await onEngine(site, `stopping ${containerId}`, () =>
        stoppingEngineOf(site, graceSeconds).getContainer(containerId).stop({ t: graceSeconds }).catch(ignoreDone),
      );
    return onEngine(site, `starting ${containerId}`, () => container.start().then(() => ({}), refusal));
  });
}

/** 304, 409: it does not run any more. */
const ignoreDone = (error: unknown): void => {
  if (![304, 409].includes(engineStatus(error) ?? 0)) throw error;
};
/** 304: its restart policy was quicker. Any other status is the engine's no (its network is gone, its port is taken). */
function refusal(error: unknown): { refused?: string } {
  const status = engineStatus(error);
  if (status === undefined) throw error;
  return status === 304 ? {} : { refused: redact((error as Error).message).slice(0, 300) };
}
