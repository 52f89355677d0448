import { faultSentence, PlanError } from './faults';
import { parsePlan } from './parse';
import type { Plan, PlanDocument } from './schema';
import { stringify } from 'yaml';
import { planDocument } from './write';
import type { Recipient } from './schema/backups';
import type { SecretRef } from './schema/common';

/** How a copy of the platform differs from the one the plan describes. */
export interface Derivation {
  /** Compose project of the copy's primary site, such as `shandi-test`. */
  project: string;
  /** Added to every published port. */
  portOffset: number;
  /** Compose file of the copy's primary site. Default: the one of the plan. */
  composeFile?: string;
}

/**
 * The plan of a second copy of the platform that can run beside the first: another Compose project, other ports, other
 * volumes, a state directory of its own. Drills and tests work on such a copy. Resources keep their names
 * (`database.shandi`), so what holds for the plan holds for the copy.
 *
 * Volumes named `<project>_…`, paths below `platform/state/<project>/`, `platform/backups/<project>/` and `platform/keys/<project>/`, and the projects of the other sites follow the
 * project. A copy tells nobody: mail server, SMS account, webhooks and the status page's API are left out. Everything else
 * stays.
 *
 * @throws PlanError when the copy is not a good plan, for example a port above 65535, or when it would share with the platform
 *   itself what a recovery writes to: a name that no rule above changes
 */
export function derivePlan(plan: Plan, derivation: Derivation): Plan {
  const primary = plan.sites.find((site) => site.role === 'primary');
  const rename = renaming(primary?.compose.project ?? '', derivation.project);
  const port = (value: number): number => value + derivation.portOffset;

  // The copy is made of the written form: it need not be good before the parser has said so.
  const written = planDocument(plan);
  const copy: PlanDocument = {
    ...written,
    name: `${written.name} (${derivation.project})`,
    sites: written.sites.map((site) => ({
      ...site,
      compose: {
        project: rename.project(site.compose.project),
        file: (site.name === primary?.name ? derivation.composeFile : undefined) ?? site.compose.file,
        envFile: rename.path(site.compose.envFile),
      },
      standIns: (site.standIns ?? []).map((one) => ({
        ...one,
        ...(one.port === undefined ? {} : { port: port(one.port) }),
      })),
      ...(site.takesOver === undefined
        ? {}
        : {
            takesOver: {
              ...site.takesOver,
              directories: (site.takesOver.directories ?? []).map(({ of, here }) => ({
                of: rename.path(of),
                here: rename.path(here),
              })),
            },
          }),
    })),
    services: written.services.map((service) => ({ ...service, port: port(service.port) })),
    databases: written.databases.map((database) => ({
      ...database,
      port: port(database.port),
      standbys: (database.standbys ?? []).map((standby) => ({ ...standby, port: port(standby.port) })),
      witnesses: (database.witnesses ?? []).map((witness) => ({ ...witness, port: port(witness.port) })),
      replication: { ...database.replication, password: rename.secret(database.replication.password) },
      backup: {
        ...database.backup,
        repositoryVolume: rename.volume(database.backup.repositoryVolume),
        ...(database.backup.cipherPass ? { cipherPass: rename.secret(database.backup.cipherPass) } : {}),
      },
      pooler: {
        ...database.pooler,
        port: port(database.pooler.port),
        adminPassword: rename.secret(database.pooler.adminPassword),
        databasesFile: rename.path(database.pooler.databasesFile),
      },
      clientPath: {
        ...database.clientPath,
        port: port(database.clientPath.port),
        password: rename.secret(database.clientPath.password),
      },
    })),
    stores: (written.stores ?? []).map((store) => ({
      ...store,
      port: port(store.port),
      ...(store.password ? { password: rename.secret(store.password) } : {}),
    })),
    gateway: {
      ...written.gateway,
      ports: { http: port(written.gateway.ports.http), https: port(written.gateway.ports.https) },
      certificates: rename.path(written.gateway.certificates),
    },
    businessContinuity: reducedAt(written.businessContinuity, rename),
    channels: toldNobody(written.channels, rename),
    backups: {
      ...written.backups,
      directory: rename.path(written.backups.directory),
      recipient: rename.recipient(written.backups.recipient),
      identity: rename.secret(written.backups.identity),
      configuration: { ...written.backups.configuration, files: written.backups.configuration.files.map(rename.path) },
      certificates: { ...written.backups.certificates, files: written.backups.certificates.files.map(rename.path) },
    },
    ...(written.drills ? { drills: moved(written.drills, rename, derivation) } : {}),
  };
  const derived = parsePlan(stringify(copy), `plan of ${derivation.project}`);
  demandApart(plan, derived, `plan of ${derivation.project}`);
  return derived;
}

/** What a recovery writes to, or decides by: shared with the platform itself it would be the platform that a copy changes. */
function ownPlaces(plan: Plan): Map<string, string> {
  const { directory } = plan.businessContinuity.reducedFunctionality.gateway ?? {};
  return new Map([
    ...plan.sites.flatMap(({ compose }, n): [string, string][] => [
      [`sites[${n}].compose.project`, compose.project],
      [`sites[${n}].compose.envFile`, compose.envFile],
    ]),
    ...plan.databases.flatMap(({ pooler, backup }, n): [string, string][] => [
      [`databases[${n}].pooler.databasesFile`, pooler.databasesFile],
      [`databases[${n}].backup.repositoryVolume`, backup.repositoryVolume],
    ]),
    ['gateway.certificates', plan.gateway.certificates],
    ['backups.directory', plan.backups.directory],
    ...(plan.channels.statusDirectory === undefined
      ? []
      : [['channels.statusDirectory', plan.channels.statusDirectory] as const]),
    ...(directory === undefined
      ? []
      : [['businessContinuity.reducedFunctionality.gateway.directory', directory] as const]),
  ]);
}

/** @throws PlanError naming everything that follows no rule of renaming, so that the copy would have it in common */
function demandApart(plan: Plan, copy: Plan, source: string): void {
  const theirs = ownPlaces(plan);
  const shared = [...ownPlaces(copy)].filter(([path, value]) => theirs.get(path) === value);
  if (shared.length === 0) return;
  const expected =
    'a name that follows the project (`<project>_…`, `<project>-…`, a path below platform/state/<project>, platform/backups/<project> or platform/keys/<project>), so that a copy has one of its own';
  throw new PlanError(
    source,
    shared.map(([path, text]) => {
      const fault = { path, value: JSON.stringify(text), expected };
      return { ...fault, sentence: faultSentence(fault, source) };
    }),
  );
}

/** A copy has drills of its own, on a copy of the copy. */
const moved = (
  drills: NonNullable<PlanDocument['drills']>,
  rename: Renaming,
  { portOffset }: Derivation,
): PlanDocument['drills'] => ({
  ...drills,
  project: rename.project(drills.project),
  portBase: (drills.portBase ?? 0) + portOffset,
});

/** People are woken by the platform they know. Who tests telling them gives the copy channels of its own. */
function toldNobody(channels: PlanDocument['channels'], rename: Renaming): PlanDocument['channels'] {
  const { email, sms, slack, statusPage, statusDirectory, templates, delivery } = channels;
  return {
    email,
    sms,
    slack,
    statusPage,
    ...(statusDirectory === undefined ? {} : { statusDirectory: rename.path(statusDirectory) }),
    ...(templates === undefined ? {} : { templates }),
    ...(delivery === undefined ? {} : { delivery }),
  };
}

/** The copy's own gateway serves less, and no other. */
function reducedAt(business: PlanDocument['businessContinuity'], rename: Renaming): PlanDocument['businessContinuity'] {
  const { reducedFunctionality: reduced } = business;
  if (!reduced.gateway) return business;
  const { directory, pass } = reduced.gateway;
  const gateway = {
    ...reduced.gateway,
    directory: rename.path(directory),
    ...(pass ? { pass: rename.secret(pass) } : {}),
  };
  return { ...business, reducedFunctionality: { ...reduced, gateway } };
}

interface Renaming {
  project(name: string): string;
  path(path: string): string;
  volume(name: string): string;
  secret(ref: SecretRef): SecretRef;
  recipient(key: Recipient): Recipient;
}

function renaming(from: string, to: string): Renaming {
  const project = (name: string): string =>
    name === from || name.startsWith(`${from}-`) ? `${to}${name.slice(from.length)}` : name;
  // `platform/state/shandi/.env`, `platform/backups/shandi`: the directory is named after the project.
  const path = (value: string): string =>
    value.replace(
      /(^|\/)(platform\/(?:state|backups|keys)\/)([^/]+)(?=\/|$)/,
      (_, start, state, name) => `${start}${state}${project(name)}`,
    );
  const volume = (name: string): string => (name.startsWith(`${from}_`) ? `${to}${name.slice(from.length)}` : name);
  const secret = (ref: SecretRef): SecretRef =>
    'envFile' in ref ? { ...ref, envFile: path(ref.envFile) } : 'file' in ref ? { file: path(ref.file) } : ref;
  const recipient = (key: Recipient): Recipient => (typeof key === 'string' ? key : { file: path(key.file) });
  return { project, path, volume, secret, recipient };
}
