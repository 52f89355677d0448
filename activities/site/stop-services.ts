import type { Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import { drFailure } from '../../workflows/contracts/errors';
import type { StoppedService } from '../../workflows/contracts/site';
import { demandApproval } from '../shared/approval';
import { findService, inspectContainer } from '../shared/containers';
import { engineStatus, onEngine, stoppingEngineOf, withEnginePatience } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';

export interface StopServices {
  site: Site;
  /** Compose services, which must not be servers of a database: those are fenced, and that is proven. */
  services: string[];
  /** Time to end in order before they are killed, seconds. */
  graceSeconds: number;
  /** Longest silence of the engine during a call, milliseconds (default 25 000). */
  engineSilenceMs?: number;
  approval: ApprovalReference;
}

/**
 * Stops services for good: restart policy `no` first, so that neither the engine nor a restart of the machine brings them back;
 * then they are stopped, all at once. A service without a container is stopped. Safe to repeat.
 * @returns what each was before
 * @throws DR-APPROVAL-MISSING, DR-ENGINE, DR-SERVICE when one still runs
 */
export async function stopServices(args: StopServices): Promise<StoppedService[]> {
  demandApproval(args.approval);
  return withHeartbeat(`stopping ${args.services.join(', ')}`, () =>
    withEnginePatience(args.engineSilenceMs, () => Promise.all(args.services.map((service) => stop(args, service)))),
  );
}

async function stop({ site, graceSeconds }: StopServices, service: string): Promise<StoppedService> {
  const info = await findService(site, service);
  if (!info) return { service, policy: 'no', ran: false };
  const policy = info.HostConfig.RestartPolicy?.Name || 'no';
  if (policy !== 'no')
    await onEngine(site, `setting restart policy of ${service}`, (engine) =>
      engine.getContainer(info.Id).update({ RestartPolicy: { Name: 'no' } }),
    );
  const ran = info.State.Running || info.State.Restarting;
  if (ran)
    await stoppingEngineOf(site, graceSeconds)
      .getContainer(info.Id)
      .stop({ t: graceSeconds })
      .catch((error: unknown) => {
        // 304: it has ended. 404: it is gone. What it is now is looked at below.
        if (![304, 404].includes(engineStatus(error) ?? 0))
          throw drFailure('DR-ENGINE', `stopping ${service} at site ${site.name}: ${(error as Error).message}`, {
            retry: true,
          });
      });
  const after = await inspectContainer(site, info.Id);
  if (after?.State.Running)
    throw drFailure('DR-SERVICE', `service ${service} at site ${site.name} still runs after it was stopped`, {
      retry: true,
    });
  return { service, containerId: info.Id, policy, ran };
}
