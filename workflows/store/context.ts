import { workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../../plan';
import type { StoreAt } from '../contracts/store';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';

/** What every phase of a run on one store shares. */
export interface StoreContext {
  plan: Plan;
  at: StoreAt;
  on: SiteProxies;
  tier: Plan['tiers'][number];
  /** Eight hex digits that name what this run makes. */
  key: string;
  /** UTC; when the run began. */
  began: string;
}

/** Finds the store of an input in the plan. */
export function storeContext(run: Run, name: string, plan: Plan): StoreContext {
  const store = plan.stores.find((one) => one.name === name);
  const site = plan.sites.find((one) => one.name === store?.site);
  const tier = plan.tiers.find((one) => one.name === store?.tier);
  if (!store || !site || !tier) {
    const known = plan.stores.map((one) => one.name).join(', ');
    return run.refuse([
      {
        code: 'DR-UNKNOWN-STORE',
        message: `store of the input is ${JSON.stringify(name)}, the plan has: ${known || 'none'}`,
        next: 'Choose one that `dr plan show` lists.',
      },
    ]);
  }
  const { firstExecutionRunId, startTime } = workflowInfo();
  const key = firstExecutionRunId.replace(/-/g, '').slice(-8);
  return { plan, at: { store, site }, on: siteActivities(site.name), tier, key, began: startTime.toISOString() };
}

/** `20261122T172924Z-1ea3d016`: the backup that this run takes. */
export const labelOf = ({ began, key }: Pick<StoreContext, 'began' | 'key'>): string =>
  `${began.slice(0, 19).replace(/[-:]/g, '')}Z-${key}`;
