/** Asks for the facts of a period, all at once. What does not answer is said, and holds nothing up. */
import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Database, Plan, Site } from '../../plan';
import { problemOf } from '../contracts/errors';
import { withPrimary } from '../contracts/members';
import { databaseResource, siteQueue } from '../contracts/names';
import type { Availability, GatheredRuns, KeptBackups, PeriodFacts } from '../contracts/periodic';
import { trendOf, type Period } from '../contracts/period';
import { bytes } from '../contracts/words';
import { lookAtEverything } from '../incident/look';
import type { SiteActivities } from '../kernel/site';
import { control } from './control';
import { outagesOf } from './kpis';

// A site that is away must not keep the report from anybody.
const reader = (site: string): SiteActivities =>
  proxyActivities<SiteActivities>({
    taskQueue: siteQueue(site),
    startToCloseTimeout: '3 minutes',
    scheduleToStartTimeout: '10 seconds',
    heartbeatTimeout: '5 seconds',
    retry: { initialInterval: '200 ms', maximumAttempts: 2 },
  });

/** Collects what did not answer. */
class Asking {
  readonly silent: string[] = [];

  async ask<T>(what: string, act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      if (isCancellation(error)) throw error;
      this.silent.push(`${what}: ${problemOf(error).message}`);
      return undefined;
    }
  }
}

/** What can be seen only now is of use as long as the period is this young. */
const fresh = 36 * 3_600_000;

/**
 * @param now milliseconds since 1970
 * @param served the plan as it is at the site that serves: what is looked at now is looked at there
 */
export async function gather(plan: Plan, period: Period, now: number, served: Plan = plan): Promise<PeriodFacts> {
  const asking = new Asking();
  const trend = trendOf(period);
  const from = trend[0]?.from ?? period.from;
  const until = Math.min(Date.parse(period.to), now);
  const asked = { from: period.from, to: period.to };
  const recent = now - Date.parse(period.to) < fresh;
  const [runs, server, backups, compose, tasks, health] = await Promise.all([
    control.gatherRuns({ from, period: asked }),
    asking.ask('the Temporal server', () => control.askServer(asked)),
    backupsOf(served, asked, asking),
    asking.ask('the comparison with the Compose files', () => control.compareCompose()),
    asking.ask('the tasks of earlier runs', () => control.readTasks()),
    period.kind === 'daily' && recent ? lookAtEverything(served) : undefined,
  ]);
  const availability = await Promise.all(
    plan.databases.map((database) => availabilityOf(plan, database, runs, { trend, until }, asking)),
  );
  return {
    runs,
    availability: availability.filter((one) => one !== undefined),
    backups,
    ...(tasks ? { tasks } : {}),
    silent: [...asking.silent.sort(), ...(health?.silent ?? [])],
    ...(server ? { server } : {}),
    ...(compose ? { compose } : {}),
    ...(health ? { health } : {}),
  };
}

/** Observers keep what they saw on their own machine: each site is asked, and the one that knows most is believed. */
async function availabilityOf(
  plan: Plan,
  database: Database,
  runs: GatheredRuns,
  { trend, until }: { trend: Period[]; until: number },
  asking: Asking,
): Promise<Availability | undefined> {
  const home = plan.sites.find((one) => one.name === database.site) as Site;
  const args = {
    database,
    site: home,
    outages: outagesOf(runs.runs, databaseResource(database.name)),
    periods: trend.map(({ name, from, to }) => ({
      name,
      from,
      to: new Date(Math.max(Date.parse(from), Math.min(Date.parse(to), until))).toISOString(),
    })),
  };
  const read = (site: string): Promise<Availability | undefined> =>
    asking.ask(`what observers of site ${site} saw of database ${database.name}`, () =>
      reader(site).readAvailability(args),
    );
  const all = await Promise.all(plan.sites.map(({ name }) => read(name)));
  return all
    .filter((one) => one !== undefined)
    .reduce<Availability | undefined>((best, one) => (best && upOf(best) >= upOf(one) ? best : one), undefined);
}

const upOf = ({ known }: Availability): number => known.at(-1)?.upMs ?? 0;

async function backupsOf(plan: Plan, asked: { from: string; to: string }, asking: Asking): Promise<KeptBackups[]> {
  const found = await Promise.all([
    ...plan.databases.map((one) => asking.ask(`backups of database ${one.name}`, () => ofDatabase(plan, one, asked))),
    ...plan.stores
      .filter(({ name }) => plan.backups.redis.some(({ store }) => store === name))
      .map((store) =>
        asking.ask(`backups of store ${store.name}`, async () => {
          const site = plan.sites.find((one) => one.name === store.site) as Site;
          const { directory } = plan.backups;
          return ofFiles(
            `store ${store.name}`,
            await reader(site.name).listStoreBackups({ store, site, directory }),
            asked,
          );
        }),
      ),
    ...(['configuration', 'certificates'] as const).map((kind) =>
      asking.ask(`bundles of ${kind}`, async () => {
        const site = plan.sites.find((one) => one.role === 'primary') as Site;
        return ofFiles(kind, await reader(site.name).listBundles({ site, kind, backups: plan.backups }), asked);
      }),
    ),
  ]);
  return found.filter((one) => one !== undefined);
}

async function ofDatabase(plan: Plan, planned: Database, asked: { from: string; to: string }): Promise<KeptBackups> {
  const home = plan.sites.find((one) => one.name === planned.site) as Site;
  const { primary } = await reader(home.name).readRoles({ database: planned, site: home });
  const database = (withPrimary(planned, primary) ?? planned) as Database;
  const site = plan.sites.find((one) => one.name === database.site) ?? home;
  return reader(site.name).keptInRepository({ database, site, ...asked });
}

/** The sites' activities hand on so many backups at most. */
const handedOn = 50;

/** @param judged newest first; those that are older than the first good one were not examined */
export function ofFiles(
  what: string,
  judged: { backup: { label: string; takenAt: string; bytes: number }; problem?: string }[],
  { from, to }: { from: string; to: string },
): KeptBackups {
  const good = judged.find(({ problem }) => problem === undefined)?.backup;
  const oldest = judged.at(-1)?.backup;
  const inside = (at: string): boolean => Date.parse(at) >= Date.parse(from) && Date.parse(at) < Date.parse(to);
  return {
    what,
    kept: judged.length,
    taken: judged.filter(({ backup }) => inside(backup.takenAt)).length,
    ...(judged.length >= handedOn ? { atLeast: true as const } : {}),
    ...(good ? { newest: good.takenAt, newestIs: `${good.label}, ${bytes(good.bytes)}` } : {}),
    ...(oldest ? { oldest: oldest.takenAt } : {}),
    bytes: judged.reduce((sum, { backup }) => sum + backup.bytes, 0),
    faults: judged
      .flatMap(({ backup, problem }) => (problem === undefined ? [] : [`${backup.label}: ${problem}`]))
      .slice(0, 3),
  };
}
