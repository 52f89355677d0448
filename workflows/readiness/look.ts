/** Asks everything at once. What does not answer is an answer: it is not known, and so not ready. */
import { proxyActivities } from '@temporalio/workflow';
import type * as evidence from '../../activities/evidence';
import type * as notify from '../../activities/notify';
import type { Plan, Site } from '../../plan';
import { controlQueue } from '../contracts/names';
import type { FileBackup, ReadinessFacts } from '../contracts/readiness';
import { siteActivities } from '../kernel/site';
import { ask } from './ask';
import { lookAtDatabase } from './database';
import { accessOf } from './needs';

// Reads files of the control worker, and the channels where they are used from.
const control = proxyActivities<Pick<typeof evidence, 'readPast'> & Pick<typeof notify, 'checkChannels'>>({
  taskQueue: controlQueue,
  startToCloseTimeout: '1 minute',
  scheduleToStartTimeout: '1 minute',
  retry: { initialInterval: '200 ms', maximumInterval: '2 seconds', maximumAttempts: 3 },
});

/**
 * Everything that a recovery will need, as it is at one moment. Changes nothing, but for a WAL segment that is closed.
 * @param written the plan as it is written, which is what earlier runs have proved
 * @param plan as it is at the site that serves
 */
export async function lookForReadiness(written: Plan, plan: Plan = written): Promise<ReadinessFacts> {
  const at = new Date().toISOString();
  const front = plan.sites.find((one) => one.name === plan.gateway.site);
  const primary = plan.sites.find((one) => one.role === 'primary');
  const { certificates: path, publicName } = plan.gateway;
  const noSite = { problem: 'the plan has no such site' };
  const [sites, databases, stores, bundles, certificates, served, channels, past] = await Promise.all([
    Promise.all(plan.sites.map((site) => lookAtSite(plan, site))),
    Promise.all(plan.databases.map((database) => lookAtDatabase(plan, database))),
    Promise.all(plan.stores.map((store) => lookAtStore(plan, store))),
    Promise.all(
      (['configuration', 'certificates'] as const).map(async (kind) => ({
        kind,
        backups: primary
          ? await ask(async () =>
              (
                await siteActivities(primary.name).probe.listBundles({ site: primary, kind, backups: plan.backups })
              ).map(inFewWords),
            )
          : noSite,
      })),
    ),
    front ? ask(() => siteActivities(front.name).urgent.inspectCertificates({ path, publicName })) : noSite,
    front
      ? ask(() => siteActivities(front.name).urgent.askServedCertificate({ site: front, gateway: plan.gateway }))
      : noSite,
    ask(() => control.checkChannels({ channels: plan.channels })),
    ask(() => control.readPast({ plan: written, at })),
  ]);
  return { at, sites, databases, stores, bundles, certificates, served, channels, past };
}

async function lookAtSite(plan: Plan, site: Site): Promise<ReadinessFacts['sites'][number]> {
  const on = siteActivities(site.name);
  const [engine, access] = await Promise.all([
    ask(() => on.urgent.inspectResources({ site })),
    ask(() => on.urgent.checkAccess(accessOf(plan, site))),
  ]);
  // Its figures are for others; that it answers is what counts here.
  return { name: site.name, engine: engine.value === undefined ? engine : { value: true }, access };
}

async function lookAtStore(plan: Plan, store: Plan['stores'][number]): Promise<ReadinessFacts['stores'][number]> {
  const site = plan.sites.find((one) => one.name === store.site);
  const { directory } = plan.backups;
  const list = async (): Promise<FileBackup[]> =>
    site ? (await siteActivities(site.name).probe.listStoreBackups({ store, site, directory })).map(inFewWords) : [];
  return { name: store.name, backups: await ask(list) };
}

const inFewWords = ({
  backup: { label, takenAt },
  problem,
}: {
  backup: { label: string; takenAt: string };
  problem?: string;
}): FileBackup => ({ label, takenAt, ...(problem === undefined ? {} : { problem }) });
