import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Gateway, ReducedGateway, Site } from '../../plan';
import type { UnwellServing } from '../../workflows/contracts/drill';
import { problemOf } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { askDependency } from './ask-dependency';
import { askGateway } from './ask-gateway';

export interface WatchServing {
  /** Where it serves. */
  site: Site;
  gateway: Gateway;
  /** Page that clients ask for through the gateway. */
  page: string;
  /** Each is asked through its client path. */
  databases: Database[];
  /** Pause between two looks, milliseconds. */
  everyMs: number;
  /** Looks in a row that must fail. */
  failures: number;
  reduced?: ReducedGateway;
}

/**
 * Watches what serves until it is unwell: a page through the gateway, and the client path of each database. An answer that takes
 * longer than 3 s is none. Changes nothing. Ends by itself only when it has something to tell; safe to begin again.
 */
export async function watchServing(args: WatchServing): Promise<UnwellServing> {
  return withHeartbeat('watching what serves', async (beat, signal) => {
    for (let unwell = 0, looks = 1; ; looks += 1) {
      const says = await look(args, signal);
      unwell = says.length > 0 ? unwell + 1 : 0;
      if (unwell >= args.failures)
        return { at: new Date().toISOString(), says: `${says.join('; ')} (${unwell} looks in a row)` };
      beat({ what: 'watching', text: says.length > 0 ? says.join('; ') : `well at ${looks} looks` });
      await sleep(args.everyMs, undefined, { signal });
    }
  });
}

/** What is not well, a sentence each. */
async function look({ site, gateway, page, databases, reduced }: WatchServing, signal: AbortSignal): Promise<string[]> {
  const asked: [string, Promise<{ healthy: boolean; says: string }>][] = [
    [`page ${page} through the gateway`, askGateway({ gateway, site, page, deadlineMs: 0, reduced })],
    ...databases.map((database): [string, Promise<{ healthy: boolean; says: string }>] => [
      `database ${database.name} through its client path`,
      askDependency({ site, on: { database }, once: true }),
    ]),
  ];
  const answers = await Promise.all(
    asked.map(async ([what, answer]) => {
      const { healthy, says } = await answer.catch((error: unknown) => ({
        healthy: false,
        says: problemOf(error).message,
      }));
      return healthy ? [] : [`${what}: ${says}`];
    }),
  );
  signal.throwIfAborted();
  return answers.flat();
}
