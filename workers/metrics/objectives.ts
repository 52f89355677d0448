import type { Plan } from '../../plan';
import { databaseResource, serviceResource, storeResource } from '../../workflows/contracts/names';
import { systemResource } from '../../workflows/contracts/system';
import type { Sheet } from './sheet';

type Objective = { rto: number; rpo: number };

/** Puts what the plan demands of each resource. Pure. */
export function putObjectives(sheet: Sheet, plan: Plan): void {
  const tiers = new Map(plan.tiers.map((one) => [one.name, one]));
  const byTier = (resource: string, { tier }: { tier: string }): [string, Objective | undefined] => [
    resource,
    tiers.get(tier),
  ];
  const judged = [
    ...plan.databases.map((one) => byTier(databaseResource(one.name), one)),
    ...plan.stores.map((one) => byTier(storeResource(one.name), one)),
    ...plan.services.map((one) => byTier(serviceResource(one.name), one)),
    [systemResource, plan.objectives.fullSystem] as [string, Objective],
  ];
  for (const [resource, objective] of judged) {
    if (!objective) continue;
    sheet.put('dr_objective_rto_seconds', { resource }, objective.rto / 1000);
    sheet.put('dr_objective_rpo_seconds', { resource }, objective.rpo / 1000);
  }
}
