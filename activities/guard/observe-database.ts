import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeAnswer, Round } from '../../workflows/contracts/guard';
import { withHeartbeat } from '../shared/heartbeat';
import { deaths, type Death } from './deaths';
import { fault, lateFor, withLate } from './faults';
import { keepReady } from './keep-ready';
import { look, type LookRound } from './look-round';
import { keepLook } from './looks';
import { engineProbe } from './probes';
import { keepSample } from './samples';

export interface ObserveDatabase extends LookRound {
  /** The primary lives beside this observer: its engine tells of deaths at once. */
  beside: boolean;
  /** Probes that are known not to answer: they end the watch when they answer again. */
  known: ProbeAnswer['probe'][];
  /** The watch ends in peace after this time, milliseconds, so that its last sample is kept in the history too. */
  peaceMs: number;
}

export interface Observation {
  /** `event`: the engine told of something. `look`: a look was not as it should be. `peace`: the time is over. */
  by: 'event' | 'look' | 'peace';
  says: string;
  round: Round;
}

/** Looks through the client path and at the engine cost more than one at the server; they are made once in so many. */
const seldom = 3;
/** Sessions that a failover will need are touched, or opened anew, once in so many looks. */
const ready = 10;

/**
 * Watches one database from one site until something is not as it should be, and tells what. Never decides anything. Keeps
 * the newest sample of the primary's position outside it.
 */
export async function observeDatabase(args: ObserveDatabase): Promise<Observation> {
  return withHeartbeat(`watching ${args.database.service}`, async (beat, signal) => {
    const events = args.beside ? await deaths(args, signal) : undefined;
    try {
      const end = Date.now() + args.peaceMs;
      let newest: Round | undefined;
      let lookedLate: number[] = [];
      for (let count = 0; ; count += 1) {
        signal.throwIfAborted();
        const often = count % seldom !== 0;
        if (count % ready === 0) void keepReady(args);
        const looking = look(args, { clientPath: !often, engine: !often });
        const told = await Promise.race([looking.then(() => undefined), events?.first ?? never]);
        if (told) return await byEvent(args, told, newest);
        const seen = await looking;
        void keepLook(args.observer, args, seen);
        lookedLate = lateFor(seen, newest, lookedLate);
        const round = withLate(seen, lookedLate);
        if (round.sample) {
          await keepSample(args.observer, args, round.sample);
          beat({ what: 'watching', lsn: round.sample.lsn, text: `${args.database.service} at ${round.sample.lsn}` });
        }
        const wrong = fault(round, args.known, newest);
        if (wrong) return await byLook(args, wrong, { ...round, ...sampleOf(round, newest) }, signal, events?.first);
        newest = { ...round, ...sampleOf(round, newest) };
        if (Date.now() >= end) return { by: 'peace', says: 'everything is as it should be', round: newest };
        const next = await Promise.race([pause(args.database.failover.probeInterval, signal), events?.first ?? never]);
        if (next) return await byEvent(args, next, newest);
      }
    } finally {
      events?.stop();
    }
  });
}

const never = new Promise<never>(() => undefined);

const pause = (ms: number, signal: AbortSignal): Promise<undefined> => sleep(ms, undefined, { signal });

const sampleOf = (round: Round, newest: Round | undefined): Pick<Round, 'sample'> => {
  const sample = round.sample ?? newest?.sample;
  return sample ? { sample } : {};
};

/**
 * A server that hangs up may just have died: beside it the engine is asked at once, and listened to. An observer elsewhere
 * gives that one the first word.
 */
async function byLook(
  args: ObserveDatabase,
  says: string,
  round: Round,
  signal: AbortSignal,
  death: Promise<Death> = never,
): Promise<Observation> {
  if (!round.answers.some((one) => one.probe === 'direct' && one.answer === 'refused'))
    return { by: 'look', says, round };
  if (!args.beside) {
    await sleep(firstWordMs, undefined, { signal });
    return { by: 'look', says, round };
  }
  const ask = (): ReturnType<typeof engineProbe> => engineProbe(args, args.database.failover.probeTimeout);
  let ended = false;
  const told = death.then(({ action, exited }) => {
    ended = action === 'die';
    return exited ?? ask();
  });
  const asked = await Promise.race([ask(), told]);
  // The processes of a container end before the engine knows.
  const { answer, container } = asked.container?.running
    ? await Promise.race([told, sleep(newsMs, asked, { signal })])
    : asked;
  const answers = [...round.answers.filter((one) => one.probe !== 'engine'), answer];
  const seen = { ...round, answers, ...(container ? { container } : {}), ...(ended ? { ended } : {}) };
  return { by: 'look', says, round: seen };
}

/** How long an engine may take to tell of the death of a container whose server has hung up. */
const newsMs = 200;
/** How long the observer beside the server may take for its first word. */
const firstWordMs = 400;

async function byEvent(args: ObserveDatabase, death: Death, newest: Round | undefined): Promise<Observation> {
  const { answer, container } = death.exited ?? (await engineProbe(args, args.database.failover.probeTimeout));
  const round: Round = {
    observer: args.observer,
    startedAt: new Date().toISOString(),
    answers: [answer],
    ...(container ? { container } : {}),
    ...(death.action === 'die' ? { ended: true } : {}),
    ...(newest?.sample ? { sample: newest.sample } : {}),
  };
  void keepLook(args.observer, args, round);
  return { by: 'event', says: `the engine reports "${death.action}": ${answer.says}`, round };
}
