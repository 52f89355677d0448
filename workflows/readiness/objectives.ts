/** Objectives: what the last runs took is what the next one will take. Pure. */
import type { Plan } from '../../plan';
import type { PastFacts, ReadinessItem, RunTimes } from '../contracts/readiness';
import { duration, procedureTitle, resourceTitle } from '../contracts/words';
import { area } from './items';

const objectives = area('Objectives');

/** The last runs of each procedure on each resource, beside the objectives of today. */
export const judgeObjectives = (plan: Plan, { times }: PastFacts): ReadinessItem[] =>
  times.map((one) => judgeTimes(plan, one));

function judgeTimes(plan: Plan, one: RunTimes): ReadinessItem {
  const { rto, rpo } = objectivesOf(plan, one);
  const name = `${procedureTitle(one.procedure)} of ${resourceTitle(one.resource)}`;
  const of = `${one.achieved.length} ${one.achieved.length === 1 ? 'run' : 'runs'}${one.drills > 0 ? `, ${one.drills} on a copy` : ''}`;
  const [half, worst] = [median(one.achieved), Math.max(...one.achieved)];
  const loss = one.losses.length > 0 ? Math.max(...one.losses) : undefined;
  const says = `predicted ${duration(half)}, at worst ${duration(worst)} (${of}); RTO ${duration(rto)}${loss === undefined ? '' : `; largest loss ${duration(loss)}, RPO ${duration(rpo ?? 0)}`}`;
  const next = 'Read the timelines of the slow runs; make it faster, or give the plan an objective that is true.';
  if (half > rto) return objectives.failed(name, says, next);
  if (worst > rto || (loss !== undefined && rpo !== undefined && loss > rpo))
    return objectives.warning(name, says, next);
  return objectives.ok(name, says);
}

/** Those of the plan as it is now; the plan may have changed since the runs. */
function objectivesOf(plan: Plan, { tier, rto }: RunTimes): { rto: number; rpo?: number } {
  if (tier === 'full-system') return plan.objectives.fullSystem;
  return plan.tiers.find(({ name }) => name === tier) ?? { rto };
}

/** @param values at least one */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? 0;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
