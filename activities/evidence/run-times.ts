import { outcomeOf, type PastRun } from '../../workflows/contracts/past-runs';
import type { RunTimes } from '../../workflows/contracts/readiness';
import { groupBy } from '../shared/group-by';

/** Runs of one procedure on one resource that a prediction is made from, the newest. */
const most = 10;

/** How long the last runs took that proved something, by procedure and resource. Pure. */
export function timesOf(runs: PastRun[]): RunTimes[] {
  const timed = runs
    .filter((run) => outcomeOf(run) === 'proved' && run.achievedRto !== undefined && run.tier !== undefined)
    // An incident is as long as the people in it; the recoveries that it started are counted by themselves.
    .filter(({ procedure }) => procedure !== 'incidentResponse')
    .sort((a, b) => b.endedAt.localeCompare(a.endedAt));
  const groups = groupBy(timed, ({ procedure, resource }) => `${procedure} ${resource}`);
  return [...groups.values()].flatMap((group) => {
    const newest = group.slice(0, most);
    const [first] = newest;
    if (!first) return [];
    return [
      {
        procedure: first.procedure,
        resource: first.resource,
        tier: first.tier ?? '',
        rto: first.rto ?? 0,
        achieved: newest.flatMap(({ achievedRto }) => (achievedRto === undefined ? [] : [achievedRto])),
        losses: newest.flatMap(({ achievedRpo }) => (achievedRpo === undefined ? [] : [achievedRpo])),
        drills: newest.filter(({ drill }) => drill).length,
      },
    ];
  });
}
