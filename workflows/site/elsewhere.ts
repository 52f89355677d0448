/** Whether another site serves now: by the lock of the database, and by what its server there says of itself. */
import type { Plan, Site } from '../../plan';
import type { ServerFacts } from '../contracts/cluster';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import { answered } from './assess';
import { askHolder } from './lock';
import { cannotTakeOver, planAt } from './view';

/** A database that is not at home. */
export interface Elsewhere {
  database: string;
  site: string;
  /** What says so, in a sentence. */
  because: string;
}

/** A server of a site that may be away is not waited for, milliseconds. */
const patienceMs = 1_000;

/** A database at another site, with the server that stands in for it there. */
export interface StandIn {
  database: Plan['databases'][number];
  site: Site;
}

/** Every server of another site that could be the primary of a database now. */
export const standInsOf = (plan: Plan): StandIn[] =>
  plan.sites
    .filter((site) => cannotTakeOver(plan, site.name).length === 0)
    .flatMap((site) => planAt(plan, site).databases.map((database) => ({ database, site })))
    .filter(({ database, site }) => database.site === site.name);

/** Looks at one; a site whose worker is away says nothing. @param told why nothing could be asked */
export const lookAtStandIn = (
  { database, site }: StandIn,
  told?: (why: string) => void,
): Promise<ServerFacts | undefined> =>
  answered(
    () => siteActivities(site.name).glance.surveyServer({ database, site, service: database.service, patienceMs }),
    told,
  );

/**
 * Asks the run that holds the lock of each database, and each server that stands in for one at another site. Neither alone is
 * enough: a new control plane knows of no lock, and a site that is away does not answer.
 * @returns nothing where everything is at home, as far as anybody says
 */
export async function servedElsewhere(run: Run, plan: Plan): Promise<Elsewhere[]> {
  const standIns = standInsOf(plan);
  // The copy of a drill has one site.
  if (run.drill || standIns.length === 0) return [];
  return run.probe(
    'Ask whether another site serves',
    async () => {
      const [servers, held] = await Promise.all([
        Promise.all(standIns.map((one) => lookAtStandIn(one))),
        askHolders([...new Set(standIns.map(({ database }) => database.name))]),
      ]);
      const seen = standIns.flatMap(({ database: { name, service }, site }, index): Elsewhere[] => {
        const facts = servers[index];
        if (!facts?.answered || facts.inRecovery) return [];
        const because = `${service} at site ${site.name} takes writes, on timeline ${facts.timeline}`;
        return [{ database: name, site: site.name, because }];
      });
      // A server that says that it is a standby serves nobody, whatever the lock was taken for.
      const silent = held.filter(({ database: name, site: at }) =>
        standIns.every(
          ({ database, site }, index) =>
            database.name !== name || site.name !== at || servers[index]?.answered !== true,
        ),
      );
      return [...seen, ...silent];
    },
    (found) => found.map(({ because }) => because).join('; ') || 'none does',
  );
}

async function askHolders(databases: string[]): Promise<Elsewhere[]> {
  const found: Elsewhere[] = [];
  for (const database of databases) {
    const holder = await askHolder(database);
    if (holder.by === 'hold')
      found.push({
        database,
        site: holder.site,
        because: `the lock of database ${database} is held because site ${holder.site} serves it`,
      });
  }
  return found;
}

/** Ends a run that would start servers at home while another site serves: that would make a second primary. */
export async function refuseElsewhere(run: Run, plan: Plan): Promise<void> {
  const elsewhere = await servedElsewhere(run, plan);
  if (elsewhere.length === 0) return;
  const home = plan.sites.find((one) => one.role === 'primary')?.name ?? '';
  run.refuse(
    elsewhere.map(({ site, because }) => ({
      code: 'DR-SITE',
      message: `site ${site} serves: ${because}. What is started at site ${home} now would be a second primary`,
      next: `Nothing was started. To come home: \`./dr site failback --reason "WHY"\`. Where site ${site} is lost as well: docs/sites.md, "The way home".`,
    })),
  );
}
