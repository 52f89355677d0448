/** What the rounds of all observers together mean. Pure: the same rounds, the same verdict. */
import type { GuardVerdict, ProbeAnswer, Round } from '../contracts/guard';

export interface Judgement {
  verdict: GuardVerdict;
  /** One sentence per thing that led to it. */
  reasons: string[];
  /** The picture is one in which the primary may be gone, but fewer rounds than the plan asks have said so. */
  suspected: boolean;
}

/** What a probe was answered. One that could not even be tried tells nothing of whoever it was meant for. */
const of = (round: Round, probe: ProbeAnswer['probe']): ProbeAnswer[] =>
  round.answers.filter((one) => one.probe === probe && one.answer !== 'unknown');

/** SQL errors that say what is wrong; whoever sends one is alive (PostgreSQL manual, Appendix A). */
const telling: Record<string, GuardVerdict> = {
  '53100': 'disk-full',
  '53200': 'unclear',
  '53300': 'too-many-connections',
  // "The database system is starting up": its process died, and its restart policy was quicker than we are.
  '57P03': 'died',
};

/**
 * Judges rounds, the newest last; each is what every observer saw at the same time.
 * - A death that an engine reports (the container is gone or has exited) needs no second round.
 * - Else the primary counts as gone when, in as many consecutive rounds as the plan asks, no observer's direct write was
 *   answered and either no standby received anything or the engine calls the container paused. Whether its process died or
 *   hangs is told apart by what refused it.
 * - A pooler counts as down when two rounds in a row say so.
 * - An SQL error is an answer: the direct write has not failed.
 * - Who reaches nothing at all is isolated, and must not judge.
 */
export function judge(rounds: Round[][], needed: number): Judgement {
  const newest = rounds.at(-1) ?? [];
  const seeing = whoSees(newest);
  const reasons = newest.flatMap(words);
  const verdict = (value: GuardVerdict, suspected = false): Judgement => ({ verdict: value, reasons, suspected });
  if (seeing.length === 0) return verdict('observer-isolated');

  const engine = seeing.find((one) => one.container)?.container;
  if (engine && (!engine.exists || (!engine.running && !engine.paused))) return verdict('died');

  const direct = seeing.flatMap((one) => of(one, 'direct'));
  if (answersWrites(seeing)) {
    const alive = whenAlive(seeing);
    // A server that dies during the look has just answered one probe and cuts off the other: it is looked at once more.
    return verdict(alive, alive === 'pooler-down' && !poolerDown(rounds.at(-2)));
  }
  const told = direct.find((one) => one.answer === 'error');
  if (told) return verdict(telling[told.sqlState ?? ''] ?? 'half-dead');
  if (direct.length === 0) return verdict('unclear', true);

  const gone = rounds.slice(-needed).filter((round) => saysGone(round)).length;
  if (gone < Math.min(needed, rounds.length) || !saysGone(newest)) return verdict('unclear', saysGone(newest));
  if (rounds.length < needed) return verdict('unclear', true);
  if (!engine) return verdict('unreachable');
  return verdict(processDied(rounds, needed) ? 'died' : 'frozen');
}

/**
 * Its container runs and nobody serves: the engine told of its end, or every look was refused by a host that answers. A
 * server that hangs is silent. One that died may come back in its place; one that hangs is not waited for.
 */
const processDied = (rounds: Round[][], needed: number): boolean =>
  rounds.flat().some((one) => one.ended) ||
  rounds.slice(-needed).every((round) =>
    whoSees(round)
      .flatMap((one) => of(one, 'direct'))
      .every((one) => one.answer === 'refused'),
  );

/** Those of a round whose word counts. */
const whoSees = (round: Round[]): Round[] => round.filter((one) => !isolated(one));

/** A round in which the database answered, and did not through its pooler. */
const poolerDown = (round: Round[] = []): boolean => {
  const seeing = whoSees(round);
  return answersWrites(seeing) && whenAlive(seeing) === 'pooler-down';
};

/** Somebody's write straight on the primary was committed. */
export const answersWrites = (round: Round[]): boolean =>
  round.flatMap((one) => of(one, 'direct')).some((one) => one.answer === 'ok');

/** The database answers; what else is wrong. */
function whenAlive(rounds: Round[]): GuardVerdict {
  const answers = (probe: ProbeAnswer['probe']): ProbeAnswer[] => rounds.flatMap((one) => of(one, probe));
  const client = answers('client-path');
  const standbys = answers('standby');
  // First the standby: commits that wait for one stall the client path too.
  if (standbys.length > 0 && standbys.some((one) => one.answer !== 'ok')) return 'standby-broken';
  if (client.length > 0 && client.every((one) => one.answer !== 'ok')) {
    const told = client.find((one) => one.sqlState && telling[one.sqlState]);
    return told?.sqlState ? (telling[told.sqlState] ?? 'pooler-down') : 'pooler-down';
  }
  const engine = answers('engine');
  if (engine.length > 0 && engine.every((one) => one.answer === 'silent')) return 'engine-unreachable';
  return 'healthy';
}

/** No direct write was answered, and a second path says the same. */
function saysGone(round: Round[]): boolean {
  const seeing = whoSees(round);
  const direct = seeing.flatMap((one) => of(one, 'direct'));
  if (direct.length === 0 || direct.some((one) => one.answer === 'ok' || one.answer === 'error')) return false;
  const standbys = seeing.flatMap((one) => of(one, 'standby'));
  const receives = standbys.some((one) => one.answer === 'ok');
  const paused = seeing.some((one) => one.container?.paused);
  return paused || (!receives && standbys.length > 0);
}

/** Nothing at all answers this observer: not the database, not the pooler, no standby, not the engine. */
export function isolated(round: Round): boolean {
  return (
    round.answers.length > 0 &&
    round.answers.every((one) => one.answer === 'silent' || one.answer === 'unknown') &&
    !round.container &&
    !heardBefore(round)
  );
}

/** A standby that tells its position is an answer, also when the position no longer moves. */
const heardBefore = (round: Round): boolean => (round.received ?? []).some((one) => one !== null);

const words = (round: Round): string[] => [
  `${round.observer}: ${round.answers.map((one) => `${one.probe} ${one.answer} (${one.says})`).join('; ') || 'told nothing'}`,
];
