/** What finished runs come to. Pure: the same runs, the same figures; what was not measured is absent, never zero. */
import type { RecoveryKpis, RunFact, Spread, TrendPoint } from '../contracts/periodic';
import type { Period } from '../contracts/period';

/** @returns undefined where there is no value */
export function spreadOf(values: number[]): Spread | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const worst = sorted.at(-1);
  if (worst === undefined) return undefined;
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? sorted[middle]! : Math.round((sorted[middle - 1]! + sorted[middle]!) / 2);
  const mean = Math.round(sorted.reduce((sum, one) => sum + one, 0) / sorted.length);
  return { count: sorted.length, mean, median, worst };
}

/** Key figures of recoveries. A run that found nothing to do has recovered nothing, and is no recovery. */
export function kpisOf(runs: RunFact[]): RecoveryKpis {
  const refused = runs.filter(({ state }) => state === 'refused').length;
  const ended = runs.filter(
    ({ state, achievedRto }) => achievedRto !== undefined || (state !== 'refused' && state !== 'completed'),
  );
  const verified = ended.filter((one) => one.achievedRto !== undefined);
  const times = verified.map(({ achievedRto = 0, human = 0 }) => ({ all: achievedRto, human }));
  const measured = verified.flatMap(({ achievedRpo }) => (achievedRpo === undefined ? [] : [achievedRpo]));
  const spread = (name: string, values: number[]): object => {
    const found = spreadOf(values);
    return found ? { [name]: found } : {};
  };
  const judged = (verdict: RunFact['verdict']): number => verified.filter((one) => one.verdict === verdict).length;
  return {
    ended: ended.length,
    verified: verified.length,
    unrecovered: ended.length - verified.length,
    refused,
    ...spread(
      'time',
      times.map(({ all }) => all),
    ),
    ...spread(
      'human',
      times.map(({ human }) => human),
    ),
    ...spread(
      'machine',
      times.map(({ all, human }) => all - human),
    ),
    ...spread('loss', measured),
    lossUnknown: verified.length - measured.length,
    met: judged('met'),
    missed: judged('missed'),
    unproven: judged('unproven'),
  };
}

/** Whether a run ended in a period: its first moment belongs to it, its last to the next one. */
export const endedIn = ({ from, to }: Pick<Period, 'from' | 'to'>, { endedAt }: Pick<RunFact, 'endedAt'>): boolean =>
  Date.parse(endedAt) >= Date.parse(from) && Date.parse(endedAt) < Date.parse(to);

/** Key figures of each period of a trend. */
export const trendPoints = (periods: Period[], runs: RunFact[]): TrendPoint[] =>
  periods.map((period) => {
    const inside = runs.filter((one) => endedIn(period, one));
    const of = (role: RunFact['role']): RecoveryKpis => kpisOf(inside.filter((one) => one.role === role));
    return { period: period.name, recoveries: of('recovery'), rehearsals: of('rehearsal') };
  });

/** When a database took no writes, as runs have measured it: from the loss to the first write that came back. UTC. */
export function outagesOf(runs: RunFact[], resource: string): { from: string; to: string }[] {
  const measured = ['databaseFailover', 'databaseRestart'];
  return runs.flatMap(({ role, resource: of, procedure, disasterAt, declaredAt, verifiedAt }) => {
    const from = disasterAt ?? declaredAt;
    const ours = role === 'recovery' && of === resource && measured.includes(procedure);
    return ours && from !== undefined && verifiedAt !== undefined && Date.parse(from) < Date.parse(verifiedAt)
      ? [{ from, to: verifiedAt }]
      : [];
  });
}
