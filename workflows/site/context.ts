import type { Plan, Site } from '../../plan';
import type { SiteFailoverInput } from '../contracts/site';
import { clusterOf, type Cluster } from '../failover/context';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';
import { systemOf, type System } from '../system/context';
import { cannotTakeOver, planAt, standInOf } from './view';

/** A database at the site that is lost and at the one that takes over. */
export interface MovedDatabase {
  name: string;
  /** At home, its servers and the stand-in: what fences and salvages works on it. */
  home: Cluster;
  /** At the other site: what promotes and opens works on it. */
  away: Cluster;
  /** Service of the server there. */
  service: string;
}

/** What every phase of a site failover shares. */
export interface Move {
  plan: Plan;
  input: SiteFailoverInput;
  /** The site that is lost. */
  home: Site;
  onHome: SiteProxies;
  /** The platform at the site that takes over. */
  system: System;
  databases: MovedDatabase[];
}

/** Finds both sites in the plan, and starts the clock under the objectives of the whole system. */
export function moveOf(run: Run, input: SiteFailoverInput, plan: Plan): Move {
  const against = cannotTakeOver(plan, input.site);
  const home = plan.sites.find((one) => one.role === 'primary');
  const to = plan.sites.find((one) => one.name === input.site);
  if (against.length > 0 || !home || !to)
    return run.refuse(
      against.map((message) => ({
        code: 'DR-SITE',
        message,
        next: 'Name a backup site that has takesOver and a stand-in for every database: `dr plan show` lists the sites.',
      })),
    );
  const view = planAt(plan, to);
  const { reason, by, planHash, approvalTimeoutMs, validate, disasterAt } = input;
  const asked = { policyMayAnswer: false, tell: false, protect: false, validate, reason, by };
  const system = systemOf(
    run,
    {
      ...asked,
      ...(planHash === undefined ? {} : { planHash }),
      ...(approvalTimeoutMs === undefined ? {} : { approvalTimeoutMs }),
      ...(disasterAt === undefined ? {} : { disasterAt }),
    },
    view,
  );
  const databases = plan.databases
    .filter((one) => one.site === home.name)
    .map(({ name, volumeVariable }): MovedDatabase => {
      const atHome = clusterOf(run, name, plan, false);
      const away = clusterOf(run, name, view, false);
      const { service, port } = away.home.database;
      const standIn = {
        service,
        site: to.name,
        port,
        volumeVariable: standInOf(to, name)?.volumeVariable ?? volumeVariable,
      };
      return { name, home: { ...atHome, members: [...atHome.members, standIn] }, away, service };
    });
  return { plan, input, home, onHome: siteActivities(home.name), system: { ...system, away: true }, databases };
}
