import { workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../../plan';
import type { BundleKind, BundlesAt } from '../contracts/bundle';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';
import { labelOf } from '../store/context';

/** What every phase of a run on the bundles of one kind shares. */
export interface BundleContext {
  plan: Plan;
  at: BundlesAt;
  on: SiteProxies;
  /** UTC; when the run began. */
  began: string;
  /** Label of what this run makes. */
  label: string;
}

/** Files are where the worker of the primary site is; certificates where that of the gateway is. */
export function bundleContext(run: Run, kind: BundleKind, plan: Plan): BundleContext {
  const name = kind === 'certificates' ? plan.gateway.site : plan.sites.find((one) => one.role === 'primary')?.name;
  const site = plan.sites.find((one) => one.name === name);
  // The plan's check has made sure that there is one.
  if (!site)
    return run.refuse([{ code: 'DR-PLAN', message: `the plan has no site for ${kind}`, next: 'Mend the plan.' }]);
  const { firstExecutionRunId, startTime } = workflowInfo();
  const began = startTime.toISOString();
  const label = labelOf({ began, key: firstExecutionRunId.replace(/-/g, '').slice(-8) });
  return { plan, at: { site, kind, backups: plan.backups }, on: siteActivities(site.name), began, label };
}

/** Without the files of a platform nothing of it can be started, and without its certificate nobody reaches it: the most urgent tier judges. */
export const tierOf = ({ tiers }: Plan): Plan['tiers'][number] | undefined =>
  [...tiers].sort((a, b) => a.rto - b.rto)[0];
