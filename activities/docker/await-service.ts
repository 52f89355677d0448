import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthAnswer, ServiceAt } from '../../workflows/contracts/service';
import { inspectContainer } from '../shared/containers';
import { askPage, healthUrl } from '../shared/http-health';
import { withHeartbeat } from '../shared/heartbeat';

export interface AwaitService extends ServiceAt {
  /** The container it shall come back in. */
  containerId: string;
  /** Until when it is waited for, milliseconds since 1970: a second try does not begin anew. */
  until: number;
}

export interface AwaitedService extends HealthAnswer {
  afterMs: number;
}

/** Pause between two looks, milliseconds: it is part of somebody's outage. */
const everyMs = 50;
/** Looks between two questions to the engine, which cost more than one to the service. */
const engineEvery = 10;

/**
 * Waits until a service says that it can work. One whose container has ended, and is not started again by its restart
 * policy, is not waited for any longer.
 * @returns its last word, and after how long; one that never was well is an answer, not a failure
 */
export async function awaitService(args: AwaitService): Promise<AwaitedService> {
  const { site, service, containerId } = args;
  const began = Date.now();
  return withHeartbeat(`waiting for ${service.name}`, async (beat, signal) => {
    for (let look = 1; ; look += 1) {
      const answer = await askPage(site, healthUrl(site, service), signal);
      const afterMs = Date.now() - began;
      if (answer.healthy || Date.now() >= args.until) return { ...answer, afterMs };
      beat({ what: 'health', text: `${service.name}: ${answer.says}` });
      const state = look % engineEvery === 0 ? (await inspectContainer(site, containerId))?.State : undefined;
      if (state && !state.Running && !state.Restarting)
        return { healthy: false, says: `it ended again with exit code ${state.ExitCode}`, afterMs };
      await sleep(everyMs, undefined, { signal });
    }
  });
}
