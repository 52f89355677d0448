/** What a site worker tells: backups, servers, WAL archive, replication and certificates of its site. */
import type { Plan, Site } from '../../plan';
import { bundleKinds, type BundleKind } from '../../workflows/contracts/bundle';
import { putBackups, readBundles, readRepository, readStoreBackups, type BackupReading } from './backups';
import { putCertificates, readCertificates } from './certificates';
import { planSource } from './control';
import { putServer, readServer, serversAt } from './database';
import type { Collector } from './endpoint';
import type { Sheet } from './sheet';
import { Source, type SourceOptions } from './source';

/** How long an answer is good for, milliseconds: a server is asked at nearly every scrape, a repository once a minute. */
const keep = { server: 5_000, repository: 60_000, files: 60_000, certificates: 300_000 };

type Told = Pick<SourceOptions, 'onChange'>;
type Part = (sheet: Sheet) => Promise<void>;

/** @param name site of the plan */
export function siteCollectors(name: string, onChange?: SourceOptions['onChange']): Collector[] {
  const told = onChange ? { onChange } : {};
  const plan = planSource(told);
  // Sources of the plan that is known; another plan has others.
  let known: { plan: Plan; parts: Part[] } | undefined;
  return [
    async (sheet) => {
      const found = await plan.ask();
      sheet.put('dr_up', { source: 'plan', target: 'plan' }, found ? 1 : 0);
      const site = found?.sites.find((one) => one.name === name);
      if (!found || !site) return;
      if (known?.plan !== found) known = { plan: found, parts: partsOf(found, site, told) };
      await Promise.all(known.parts.map((part) => part(sheet)));
    },
  ];
}

/** Each source of a site, and what is put of it. */
function partsOf(plan: Plan, site: Site, told: Told): Part[] {
  const part = <T>(
    about: Pick<SourceOptions, 'source' | 'target' | 'keepMs' | 'limitMs'>,
    read: (signal: AbortSignal) => Promise<T>,
    put: (sheet: Sheet, value: T) => void,
  ): Part => {
    const source = new Source<T>({ ...about, ...told }, read);
    return (sheet) => source.report(sheet, (value) => put(sheet, value));
  };
  const backups = (sheet: Sheet, reading: BackupReading): void => putBackups(sheet, plan, reading);
  const files = (target: string, read: () => Promise<BackupReading>): Part =>
    part({ source: 'backups', target, keepMs: keep.files }, read, backups);
  return [
    ...serversAt(plan, site).map((at) =>
      part(
        { source: 'database', target: at.service, keepMs: keep.server },
        (signal) => readServer(site, at.service, signal),
        (sheet, reading) => putServer(sheet, plan, at, reading),
      ),
    ),
    ...plan.databases
      .filter((one) => one.site === site.name)
      .map((database) =>
        part(
          { source: 'backups', target: database.name, keepMs: keep.repository, limitMs: 6_500 },
          (signal) => readRepository(site, database, signal),
          backups,
        ),
      ),
    ...plan.stores
      .filter((one) => one.site === site.name)
      .map((store) => files(store.name, () => readStoreBackups(plan, store))),
    ...bundleKinds
      .filter((kind) => siteOf(plan, kind) === site.name)
      .map((kind) => files(kind, () => readBundles(plan, kind))),
    ...(plan.gateway.site === site.name
      ? [
          part(
            { source: 'certificates', target: plan.gateway.publicName, keepMs: keep.certificates },
            () => readCertificates(plan),
            (sheet, found) => putCertificates(sheet, plan, found),
          ),
        ]
      : []),
  ];
}

/** Files are where the worker of the primary site is; certificates where that of the gateway is. */
const siteOf = (plan: Plan, kind: BundleKind): string | undefined =>
  kind === 'certificates' ? plan.gateway.site : plan.sites.find((one) => one.role === 'primary')?.name;
