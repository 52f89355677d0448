import type { HealthAnswer, ServiceAt } from '../../workflows/contracts/service';
import { withHeartbeat } from '../shared/heartbeat';
import { untilWell } from '../shared/until-well';

export interface AwaitService extends ServiceAt {
  /** The container it shall come back in. */
  containerId: string;
  /** Until when it is waited for, milliseconds since 1970: a second try does not begin anew. */
  until: number;
}

export interface AwaitedService extends HealthAnswer {
  afterMs: number;
}

/**
 * Waits until a service says that it can work; see `untilWell`.
 * @returns its last word, and after how long; one that never was well is an answer, not a failure
 */
export async function awaitService(args: AwaitService): Promise<AwaitedService> {
  const { name } = args.service;
  return withHeartbeat(`waiting for ${name}`, (beat, signal) =>
    untilWell({ ...args, signal, told: ({ says }) => beat({ what: 'health', text: `${name}: ${says}` }) }),
  );
}
