/** Whether what the plan claims was proven, by which run, and whether that still holds. Pure: past runs and plans in, proofs out. */
import type { Plan } from '../../plan';
import { claimsOf, type Claim, type ClaimSection } from './claims';
import { outcomeOf, type PastRun } from './past-runs';
import { moment, procedureTitle } from './words';

/**
 * `never`: no run has proved it. `verified`: one has, lately, and the plan says of it what it said then. `stale`: one has, and it is
 * too long ago, or the plan says otherwise since. `failed`: the last run that could have proved it did not.
 */
export type ProofState = 'never' | 'verified' | 'stale' | 'failed';

export interface Proof {
  claim: string;
  says: string;
  section: ClaimSection;
  state: ProofState;
  /** Why, in a sentence without a full stop. */
  because: string;
  /** The run that proved it, or failed to; absent: never. */
  run?: { workflowId: string; runId: string; procedure: string; endedAt: string; drill: boolean; planHash?: string };
  /** The line to type that proves it anew. */
  prove: string;
}

/**
 * @param planOf the plan of a hash, as a run pinned it; undefined: nobody has kept it, or it can be read no more
 * @param at moment that is judged, UTC
 */
export function judgeProofs(
  plan: Plan,
  runs: PastRun[],
  planOf: (hash: string) => Plan | undefined,
  at: string,
): Proof[] {
  const newestFirst = [...runs].sort((a, b) => b.endedAt.localeCompare(a.endedAt));
  return claimsOf(plan).map((claim) => judgeClaim(plan, claim, newestFirst, planOf, Date.parse(at)));
}

function judgeClaim(
  plan: Plan,
  claim: Claim,
  runs: PastRun[],
  planOf: (hash: string) => Plan | undefined,
  at: number,
): Proof {
  const { id, says, section, prove } = claim;
  const last = runs.find((run) => claim.about(run) && outcomeOf(run) !== 'nothing');
  const common = { claim: id, says, section, prove };
  if (!last) return { ...common, state: 'never', because: 'no run has proved it yet' };
  const { workflowId, runId, procedure, endedAt, drill, planHash } = last;
  const run = { workflowId, runId, procedure, endedAt, drill, ...(planHash === undefined ? {} : { planHash }) };
  const by = `${procedureTitle(procedure)} of ${moment(endedAt)}${drill ? ' on a copy' : ''}`;
  if (outcomeOf(last) === 'failed')
    return { ...common, state: 'failed', run, because: `the ${by} did not: ${last.problem ?? last.state}` };
  const changed = changedSince(plan, claim, last, planOf);
  if (changed !== undefined) return { ...common, state: 'stale', run, because: `proven by the ${by}; ${changed}` };
  const { staleAfter, staleAfterQuarterly } = plan.readiness;
  const most = claim.renewed === 'monthly' ? staleAfter : staleAfterQuarterly;
  const age = at - Date.parse(endedAt);
  if (age > most)
    return {
      ...common,
      state: 'stale',
      run,
      because: `the ${by} is ${days(age)} ago; a proof holds for ${days(most)}`,
    };
  const late = last.verdict === 'missed' ? ', later than its objective' : '';
  return { ...common, state: 'verified', run, because: `proven by the ${by}${late}` };
}

const days = (ms: number): string => `${Math.floor(ms / 86_400_000)} days`;

/** What the plan says otherwise since a run, in a sentence; undefined: nothing of what the claim depends on. */
function changedSince(
  plan: Plan,
  claim: Claim,
  run: PastRun,
  planOf: (hash: string) => Plan | undefined,
): string | undefined {
  const then = run.planHash === undefined ? undefined : planOf(run.planHash);
  if (!then) return 'the plan of that time was not kept, so nobody can say what has changed since';
  const [before, now] = [claim.parts(then, run), claim.parts(plan, run)];
  // What only one of them leads to is named by what leads there: another tier is a change of the service.
  const changed = Object.keys(now).filter((path) => path in before && !same(before[path], now[path]));
  if (changed.length === 0) return undefined;
  return `the plan says otherwise of ${changed.join(', ')} since`;
}

/** Whether two pieces of plain data are equal; the order of keys means nothing. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => same(left[key], right[key]));
}
