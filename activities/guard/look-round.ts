import type { Site } from '../../plan';
import type { Round } from '../../workflows/contracts/guard';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { lsnBytes } from '../../workflows/contracts/wal';
import { withHeartbeat } from '../shared/heartbeat';
import { hostOf } from '../shared/new-connection';
import { clientPathProbe, directProbe, engineProbe, standbyProbe } from './probes';
import { keepLook } from './looks';
import { keepSample } from './samples';

export interface LookRound extends DatabaseAt {
  /** Name of the site that looks. */
  observer: string;
  standbys: { service: string; site: Site; port: number }[];
  /** The pooler is at the site that looks. */
  pooler: boolean;
}

/**
 * One round: every probe at once, each bounded by the plan's `probeTimeout`. Whether a standby still hears the primary is
 * judged over the round: we have just tried to write, so a primary that lives would have sent something.
 */
export async function lookRound(args: LookRound): Promise<Round> {
  return withHeartbeat(`looking at ${args.database.service}`, async () => {
    const round = await look(args);
    if (round.sample) await keepSample(args.observer, args, round.sample);
    await keepLook(args.observer, args, round);
    return round;
  });
}

/** The same without keeping anything. */
export async function look(args: LookRound, only?: { clientPath: boolean; engine: boolean }): Promise<Round> {
  const { database, site, observer } = args;
  const timeoutMs = database.failover.probeTimeout;
  const startedAt = new Date().toISOString();
  const seen = (): Promise<Awaited<ReturnType<typeof standbyProbe>>[]> =>
    Promise.all(
      args.standbys.map((one) =>
        standbyProbe(database, { service: one.service, host: hostOf(one.site), port: one.port }, timeoutMs),
      ),
    );
  const asked = only?.engine === false ? undefined : engineProbe(args, timeoutMs);
  const all = Promise.all([
    directProbe(database, { host: hostOf(site), port: database.port }, timeoutMs, observer),
    only?.clientPath === false ? undefined : clientPathProbe(database, timeoutMs, observer),
    asked,
    seen(),
  ]);
  const dead = await Promise.race([all.then(() => undefined), asked?.then(whenDead) ?? never]);
  // A death that the engine itself reports needs no other witness, and the others may take their whole time.
  if (dead)
    return { observer, startedAt, answers: [dead.answer], ...(dead.container ? { container: dead.container } : {}) };
  const [direct, clientPath, engine, before] = await all;
  const after = direct.sample ? undefined : await seen();
  const standbys = before.map(({ answer, receivedLsn }, index) => {
    const later = after?.[index]?.receivedLsn;
    if (answer.answer !== 'ok' || !after) return answer;
    const moved = later !== undefined && receivedLsn !== undefined && lsnBytes(later) > lsnBytes(receivedLsn);
    return moved ? answer : { ...answer, answer: 'silent' as const, says: `${answer.says}, and nothing since` };
  });
  return {
    observer,
    startedAt,
    answers: [direct.answer, ...(clientPath ? [clientPath] : []), ...standbys, ...(engine ? [engine.answer] : [])],
    received: before.map((one) => one.receivedLsn ?? null),
    ...(engine?.container ? { container: engine.container } : {}),
    ...(direct.sample ? { sample: direct.sample } : {}),
  };
}

type Engine = Awaited<ReturnType<typeof engineProbe>>;
const never = new Promise<never>(() => undefined);

/** The engine's answer when the container is gone or has exited; else it is not for this answer to end the round. */
const whenDead = (engine: Engine): Promise<Engine | undefined> => {
  const { container } = engine;
  const dead = container !== undefined && (!container.exists || (!container.running && !container.paused));
  return dead ? Promise.resolve(engine) : never;
};
