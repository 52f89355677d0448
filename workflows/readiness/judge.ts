import type { Plan } from '../../plan';
import type { ReadinessFacts, ReadinessItem, ReadinessResult } from '../contracts/readiness';
import { judgeAccess, judgeCapacity, judgeServing } from './access';
import { judgeArchives } from './archive';
import { judgeBackups } from './backups';
import { judgeCertificates } from './certificates';
import { judgeObjectives } from './objectives';
import { judgePeople } from './people';
import { judgeProven } from './proofs';
import { judgeStandbys } from './standbys';

/**
 * Everything that was found, judged: facts in, verdict out. Pure.
 * @param plan as it is at the site that serves
 * @param away what says that this is not the primary site
 */
export function judgeReadiness(plan: Plan, facts: ReadinessFacts, away?: string): ReadinessResult {
  const past = facts.past.value;
  const items: ReadinessItem[] = [
    ...judgeAccess(facts),
    ...judgeServing(plan, away),
    ...judgeBackups(plan, facts),
    ...judgeArchives(plan, facts),
    ...judgeStandbys(plan, facts),
    ...judgeCertificates(plan, facts),
    ...judgePeople(plan, facts),
    ...judgeCapacity(facts),
    ...(past ? judgeObjectives(plan, past) : []),
    ...(past ? judgeProven(past.proofs) : []),
  ];
  return { ready: items.every(({ state }) => state !== 'failed'), at: facts.at, items, proofs: past?.proofs ?? [] };
}
