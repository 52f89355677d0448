/** When a watch ends: what is not as it should be, or that what was not is well again. Pure functions of rounds. */
import type { ProbeAnswer, Round } from '../../workflows/contracts/guard';
import { lsnBytes } from '../../workflows/contracts/wal';

/** A standby that lags for so many looks is broken, not slow. */
const patience = 5;

/** Per standby: it has not received by now what the primary had written one look ago. */
const late = (round: Round, before: Round | undefined): boolean[] => {
  const written = before?.sample?.lsn;
  return (round.received ?? []).map(
    (lsn) => written !== undefined && lsn !== null && lsnBytes(lsn) < lsnBytes(written),
  );
};

/** For how many looks each standby has been late, one after the other. */
export const lateFor = (round: Round, before: Round | undefined, so: number[]): number[] =>
  late(round, before).map((now, index) => (now ? (so[index] ?? 0) + 1 : 0));

/** The round as it is to be judged: a standby that answers but receives nothing is none to fall back on. */
export function withLate(round: Round, lookedLate: number[]): Round {
  let index = -1;
  const answers = round.answers.map((one): ProbeAnswer => {
    if (one.probe !== 'standby') return one;
    index += 1;
    if (one.answer !== 'ok' || (lookedLate[index] ?? 0) < patience) return one;
    return { ...one, answer: 'silent', says: `${one.says}, and does not receive what the primary writes` };
  });
  return { ...round, answers };
}

/**
 * Why the watch ends; undefined: it goes on.
 * @param known probes that are known not to answer; the watch ends when all of them do again
 * @param before the round before this one: only beside it can be seen that a standby receives
 */
export function fault(round: Round, known: ProbeAnswer['probe'][], before: Round | undefined): string | undefined {
  const wrong = round.answers.find((one) => one.answer !== 'ok' && !known.includes(one.probe));
  if (wrong) return `${wrong.probe}: ${wrong.says}`;
  const answers = (probe: ProbeAnswer['probe']): boolean => {
    const said = round.answers.filter((one) => one.probe === probe);
    return said.length > 0 && said.every((one) => one.answer === 'ok');
  };
  const receives = !known.includes('standby') || (before !== undefined && !late(round, before).includes(true));
  return known.length > 0 && receives && known.every(answers) ? `${known.join(', ')}: well again` : undefined;
}
