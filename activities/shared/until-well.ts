import { setTimeout as sleep } from 'node:timers/promises';
import type { Service, Site } from '../../plan';
import type { HealthAnswer } from '../../workflows/contracts/service';
import { inspectContainer } from './containers';
import { askPage, healthUrl } from './http-health';

export interface UntilWell {
  site: Site;
  service: Pick<Service, 'name' | 'port' | 'health'>;
  /** The container it shall be well in. */
  containerId: string;
  /** Until when it is waited for, milliseconds since 1970: a second try does not begin anew. */
  until: number;
  signal: AbortSignal;
  told?: (answer: HealthAnswer) => void;
}

/** Pause between two looks, milliseconds: it is part of somebody's outage. */
const everyMs = 50;
/** Looks between two questions to the engine, which cost more than one to the service. */
const engineEvery = 10;
/** Started again this often by its restart policy, it will not be well by waiting. */
const hopeless = 3;

/**
 * Waits until a service says that it can work. One whose container has ended, and is not started again by its restart
 * policy, or has been started again too often, is not waited for any longer.
 * @returns its last word, and after how long; one that never was well is an answer, not a failure
 */
export async function untilWell(args: UntilWell): Promise<HealthAnswer & { afterMs: number }> {
  const { site, service, containerId, until, signal } = args;
  const began = Date.now();
  const before = (await inspectContainer(site, containerId))?.RestartCount ?? 0;
  for (let look = 1; ; look += 1) {
    const answer = await askPage(site, healthUrl(site, service), signal);
    const afterMs = Date.now() - began;
    if (answer.healthy || Date.now() >= until) return { ...answer, afterMs };
    args.told?.(answer);
    if (look % engineEvery === 0) {
      const info = await inspectContainer(site, containerId);
      if (info && !info.State.Running && !info.State.Restarting)
        return { healthy: false, says: `it ended again with exit code ${info.State.ExitCode}`, afterMs };
      if (info && info.RestartCount - before >= hopeless)
        return { healthy: false, says: `it ends again and again with exit code ${info.State.ExitCode}`, afterMs };
    }
    await sleep(everyMs, undefined, { signal });
  }
}
