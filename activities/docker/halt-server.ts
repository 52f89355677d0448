import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { demandApproval } from '../shared/approval';
import { containerFacts, findService, inspectContainer } from '../shared/containers';
import { engineOf, engineStatus, onEngine, stoppingEngineOf, withEnginePatience } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';
import { closeSessions } from '../shared/session';

export interface HaltServer extends DatabaseAt {
  /**
   * The container to stop, as it was looked at: never "whatever the service is now". Empty: there was none, or, with `lookUp`,
   * its engine did not say, and the one that the service has now is meant.
   */
  containerId: string;
  lookUp?: boolean;
  /** Time for a clean shutdown before it is killed, milliseconds; 0 kills at once. */
  stopTimeoutMs: number;
  approval: ApprovalReference;
  /** Longest silence of the engine during a call, beside the time for the shutdown (default 25 000). */
  engineSilenceMs?: number;
}

export interface HaltedServer {
  /** False: the container is gone. */
  exists: boolean;
  /** The container that was stopped. */
  containerId?: string;
  /** As the engine says afterwards. */
  running: boolean;
  exitCode: number;
  /** Address it had in the clients' network, while it ran. */
  address?: string;
  dataVolume?: string;
}

/** How long a killed process may take to be gone, milliseconds. */
const killMs = 3_000;

/**
 * Stops a server so that it stays stopped: restart policy `no` first (one that dies under `restart: always` is read-write
 * again within a second), then stop, then kill, and one that outlives the kill is cut off from every network. A paused
 * container is killed: stopping would thaw it. Proves nothing: see `proveFence`. Safe to run again.
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-ENGINE
 */
export async function haltServer(args: HaltServer): Promise<HaltedServer> {
  demandApproval(args.approval);
  return withEnginePatience(args.engineSilenceMs, () =>
    withHeartbeat(`stopping ${args.database.service}`, () => halt(args)),
  );
}

async function halt(args: HaltServer): Promise<HaltedServer> {
  const { site, database } = args;
  const before = args.containerId
    ? await inspectContainer(site, args.containerId)
    : args.lookUp
      ? await findService(site, database.service)
      : undefined;
  const containerId = before?.Id ?? args.containerId;
  if (!before) return { exists: false, running: false, exitCode: 0 };
  demandService(site, database.service, before);
  if (before.HostConfig.RestartPolicy?.Name !== 'no')
    await onEngine(site, `setting restart policy of ${containerId}`, (engine) =>
      engine.getContainer(containerId).update({ RestartPolicy: { Name: 'no' } }),
    );
  const address = Object.values(before.NetworkSettings.Networks).find((one) => one.IPAddress)?.IPAddress;
  closeSessions(site, containerId);
  if (before.State.Running || before.State.Restarting) await stopOrKill(args, before);
  const after = await inspectContainer(site, containerId);
  const { dataVolume } = containerFacts(after ?? before, database.dataDirectory);
  return {
    exists: after !== undefined,
    containerId,
    running: after?.State.Running ?? false,
    exitCode: after?.State.ExitCode ?? 0,
    ...(address ? { address } : {}),
    ...(dataVolume ? { dataVolume } : {}),
  };
}

async function stopOrKill(args: HaltServer, info: ContainerInspectInfo): Promise<void> {
  const { site } = args;
  const container = engineOf(site).getContainer(info.Id);
  // 304: already stopped. 404, 409: gone or not running any more. The proof decides, not this answer.
  const ignoreDone = (error: unknown): void => {
    if (![304, 404, 409].includes(engineStatus(error) ?? 0)) throw error;
  };
  if (!info.State.Paused && args.stopTimeoutMs > 0) {
    const seconds = Math.max(1, Math.ceil(args.stopTimeoutMs / 1000));
    // The engine kills at the time-out itself; a stop that fails is followed by our own kill.
    await stoppingEngineOf(site, seconds)
      .getContainer(info.Id)
      .stop({ t: seconds })
      .catch(() => undefined);
    const left = await inspectContainer(site, info.Id);
    if (!left?.State.Running) return;
  }
  await onEngine(site, `killing ${info.Id}`, () => container.kill({ signal: 'SIGKILL' }).catch(ignoreDone));
  // A kill returns before the container is down; the engine's own wait is the quickest way to see it.
  const down = await Promise.race([
    onEngine(site, `waiting for the end of ${info.Id}`, () => container.wait()).then(() => true),
    sleep(killMs, false, { ref: false }),
  ]);
  if (!down) await cutOff(site, info);
}

/** A process that hangs in the kernel outlives even SIGKILL; without a network nobody reaches it. */
async function cutOff(site: Site, info: ContainerInspectInfo): Promise<void> {
  for (const name of Object.keys(info.NetworkSettings.Networks))
    await onEngine(site, `disconnecting ${info.Id} from network ${name}`, (engine) =>
      engine.getNetwork(name).disconnect({ Container: info.Id, Force: true }),
    );
}
