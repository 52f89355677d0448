import type { Plan, Site } from '../../plan';
import type { SiteFailbackInput } from '../contracts/site';
import { membersOf, type Member } from '../contracts/members';
import type { DatabaseAt } from '../contracts/recovery';
import { clusterOf, type Cluster } from '../failover/context';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';
import type { StandIn } from '../site/elsewhere';
import { planAt, standInOf } from '../site/view';
import { systemOf, type System } from '../system/context';

/** What every phase of the way home shares. */
export interface WayHome {
  plan: Plan;
  input: SiteFailbackInput;
  /** The primary site, and the platform there. */
  home: Site;
  onHome: SiteProxies;
  system: System;
  /** The site that serves now. */
  there: Site;
  onThere: SiteProxies;
  /** The plan as it is there. */
  planThere: Plan;
  /** The database with the server that serves among its members; its pooler is that of home. */
  cluster: Cluster;
  /** The database as the site that serves has it: its pooler, its secrets. */
  door: DatabaseAt;
  /** Service of the server that serves. */
  standIn: string;
  /** Service of the server that is to serve again. */
  primary: string;
}

/** Puts together what the way home of a database needs, and starts the clock under the objectives of the whole system. */
export function wayOf(
  run: Run,
  input: SiteFailbackInput,
  plan: Plan,
  { database: away, site: there }: StandIn,
): WayHome {
  const { reason, by, planHash, approvalTimeoutMs, validate } = input;
  const system = systemOf(
    run,
    {
      ...{ policyMayAnswer: false, tell: false, protect: false, validate, reason, by },
      ...(planHash === undefined ? {} : { planHash }),
      ...(approvalTimeoutMs === undefined ? {} : { approvalTimeoutMs }),
    },
    plan,
  );
  const planThere = planAt(plan, there);
  const atHome = clusterOf(run, away.name, plan, false);
  const planned = atHome.home.database;
  const standIn: Member = {
    service: away.service,
    site: there.name,
    port: away.port,
    volumeVariable: standInOf(there, away.name)?.volumeVariable ?? planned.volumeVariable,
  };
  const database = { ...planned, standbys: [...planned.standbys, standIn] };
  const home = system.site;
  return {
    plan,
    input,
    home,
    onHome: siteActivities(home.name),
    system,
    there,
    onThere: siteActivities(there.name),
    planThere,
    cluster: { ...atHome, home: { database, site: atHome.home.site }, members: membersOf(database) },
    door: clusterOf(run, away.name, planThere, false).home,
    standIn: away.service,
    primary: planned.service,
  };
}

/** Compose services of a site, but for the servers of its databases. @param plan as it is at that site */
export const stackOf = (plan: Plan): { services: string[]; stores: string[]; poolers: string[]; gateway: string } => ({
  services: plan.services.map((one) => one.name),
  stores: plan.stores.map((one) => one.service),
  poolers: [...new Set(plan.databases.map((one) => one.pooler.service))],
  gateway: plan.gateway.service,
});
