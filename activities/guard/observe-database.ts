import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeAnswer, Round } from '../../workflows/contracts/guard';
import { findService } from '../shared/containers';
import { begun, patientEngineOf, withEnginePatience } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { fault, lateFor, withLate } from './faults';
import { look, type LookRound } from './look-round';
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
/** Events of the engine that may mean the end of the primary (Docker Engine API, "SystemEvents"). */
const fatal = ['die', 'oom', 'destroy', 'pause'];

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
        const looking = look(args, { clientPath: !often, engine: !often });
        const told = await Promise.race([looking.then(() => undefined), events?.first ?? never]);
        if (told) return await byEvent(args, told, newest);
        const seen = await looking;
        lookedLate = lateFor(seen, newest, lookedLate);
        const round = withLate(seen, lookedLate);
        if (round.sample) {
          await keepSample(args.observer, args, round.sample);
          beat({ what: 'watching', lsn: round.sample.lsn, text: `${args.database.service} at ${round.sample.lsn}` });
        }
        const wrong = fault(round, args.known, newest);
        if (wrong) return await byLook(args, wrong, { ...round, ...sampleOf(round, newest) }, signal);
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
 * A server that hangs up may just have died: beside it the engine is asked at once. An observer elsewhere gives that one the
 * first word.
 */
async function byLook(args: ObserveDatabase, says: string, round: Round, signal: AbortSignal): Promise<Observation> {
  if (!round.answers.some((one) => one.probe === 'direct' && one.answer === 'refused'))
    return { by: 'look', says, round };
  if (!args.beside) {
    await sleep(firstWordMs, undefined, { signal });
    return { by: 'look', says, round };
  }
  const { answer, container } = await engineProbe(args, args.database.failover.probeTimeout);
  const answers = [...round.answers.filter((one) => one.probe !== 'engine'), answer];
  return { by: 'look', says, round: { ...round, answers, ...(container ? { container } : {}) } };
}

const firstWordMs = 200;

async function byEvent(args: ObserveDatabase, action: string, newest: Round | undefined): Promise<Observation> {
  const { answer, container } = await engineProbe(args, args.database.failover.probeTimeout);
  const round: Round = {
    observer: args.observer,
    startedAt: new Date().toISOString(),
    answers: [answer],
    ...(container ? { container } : {}),
    ...(newest?.sample ? { sample: newest.sample } : {}),
  };
  return { by: 'event', says: `the engine reports "${action}": ${answer.says}`, round };
}

/** The first event of the primary's container that may mean its end. An engine that tells nothing is no fault of the primary. */
async function deaths(
  args: ObserveDatabase,
  signal: AbortSignal,
): Promise<{ first: Promise<string>; stop: () => void } | undefined> {
  try {
    // An engine that hangs must not keep the observer from looking by its other ways.
    const stream = await withEnginePatience(args.database.failover.probeTimeout, async () => {
      const info = await findService(args.site, args.database.service);
      if (!info) return undefined;
      const filters = { type: ['container' as const], container: [info.Id], event: fatal };
      return (await begun(patientEngineOf(args.site).getEvents({ filters }))) as Readable;
    });
    if (!stream) return undefined;
    const first = new Promise<string>((resolve) => {
      stream.on('data', (chunk: Buffer) => {
        const line = chunk.toString('utf8').split('\n')[0] ?? '';
        resolve(/"Action":"(\w+)/.exec(line)?.[1] ?? 'an event');
      });
      stream.on('error', () => undefined);
    });
    const stop = (): void => void stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    return { first, stop };
  } catch {
    return undefined;
  }
}
