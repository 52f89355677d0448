import type { Plan } from '../schema';
import type { SecretRef } from '../schema/common';
import type { Database } from '../schema/databases';
import type { Blackout } from '../schema/drills';
import { formatDuration as time } from '../schema/duration';
import { formatSize } from '../schema/size';
import type { Engine } from '../schema/sites';
import { renderResources } from './resources';
import { section, table } from './table';

/** Where the platform runs and what it consists of. */
export function renderSystems(plan: Plan): string[] {
  return [
    section(
      'Sites',
      table(['site', 'role', 'engine', 'compose project', 'compose file', 'public name', 'takes over'], siteRows(plan)),
      trafficWords(plan),
    ),
    section(
      'Services',
      table(['service', 'port', 'tier', 'depends on', 'health check', 'without it'], serviceRows(plan)),
    ),
    ...plan.databases.map((database) =>
      section(`Database ${database.name}`, table(['what', 'value'], databaseRows(database))),
    ),
    section('Stores and gateway', table(['name', 'kind', 'site', 'service', 'ports', 'files'], storeRows(plan))),
    section(
      'Backups',
      table(['what', 'kind', 'cron (UTC)', 'kept'], backupRows(plan)),
      `Bundles are encrypted for ${recipientPlace(plan)}; their identity is in ${secretPlace(plan.backups.identity)}.`,
    ),
    section('Validation', table(['what', 'how'], validationRows(plan))),
    section('Drills', table(['what', 'value'], drillRows(plan))),
    renderResources(plan),
  ];
}

function siteRows(plan: Plan): string[][] {
  return plan.sites.map((site) => [
    site.name,
    site.role,
    engineAddress(site.engine),
    site.compose.project,
    site.compose.file,
    site.publicName ?? '',
    site.takesOver === undefined
      ? 'no'
      : `ports + ${site.takesOver.portOffset}; ${site.standIns.map((one) => `${one.service} for ${one.replaces}`).join(', ') || 'no stand-in'}`,
  ]);
}

function trafficWords({ traffic, gateway }: Plan): string {
  if (!traffic) return `Clients come by ${gateway.publicName}; a person sends them to another site.`;
  const how = traffic.driver === 'command' ? `by the program ${traffic.command.join(' ')}` : 'by a person';
  return `Clients come by ${traffic.record} (TTL ${time(traffic.ttl)}); they are sent to another site ${how}.`;
}

function engineAddress(engine: Engine): string {
  return 'socketPath' in engine ? `unix://${engine.socketPath}` : `tcp://${engine.host}:${engine.port} (TLS)`;
}

function serviceRows(plan: Plan): string[][] {
  return plan.services.map(({ name, port, tier, dependsOn, health, description }) => [
    name,
    String(port),
    tier,
    dependsOn.join(', ') || 'nothing',
    `${health.path} every ${time(health.interval)}, ${time(health.timeout)} × ${health.retries}, after ${time(health.startPeriod)}`,
    description,
  ]);
}

function databaseRows(database: Database): string[][] {
  const { backup, pooler, clientPath } = database;
  return [
    [
      'server',
      `PostgreSQL ${database.version}, service ${database.service}, port ${database.port}, site ${database.site}`,
    ],
    ['tier', database.tier],
    ['data', `${database.dataDirectory}, volume named by ${database.volumeVariable}`],
    ...database.standbys.map((item) => ['standby', `service ${item.service}, port ${item.port}, site ${item.site}`]),
    [
      'backups',
      `${backup.driver}, stanza ${backup.stanza}, volume ${backup.repositoryVolume}, ${encryption(backup.cipherPass)}`,
    ],
    ['WAL archive', `continuous, a segment closed at the latest after ${time(backup.archiveTimeout)}`],
    ['stale backup', `older than ${time(backup.maxAge)}`],
    ['pooler', `${pooler.driver} ${pooler.host}:${pooler.port}, waits ${time(pooler.pauseTimeout)} for transactions`],
    [
      'clients',
      `${clientPath.user}@${clientPath.host}:${clientPath.port}/${clientPath.database}, password in ${secretPlace(clientPath.password)}`,
    ],
    ['heartbeat', `table ${database.heartbeatTable}`],
    ...database.businessQueries.map((query) => [`question ${query.name}`, `${query.sql} → ${range(query.expect)}`]),
    ['rates', `copy ${formatSize(database.rates.copy)}/s, replay ${formatSize(database.rates.replay)}/s`],
    ['kept', `damaged volume ${time(database.damagedVolumeRetention)}, copies ${time(database.copyRetention)}`],
  ];
}

function encryption(pass: SecretRef | undefined): string {
  return pass ? `encrypted, pass phrase in ${secretPlace(pass)}` : 'not encrypted';
}

/** Where a secret is found; the secret itself is never read here. */
function secretPlace(ref: SecretRef): string {
  if ('envFile' in ref) return `${ref.envFile} (${ref.key})`;
  return 'env' in ref ? `the variable ${ref.env}` : ref.file;
}

function range({ min, max }: { min?: number | undefined; max?: number | undefined }): string {
  if (min !== undefined && max !== undefined) return min === max ? `${min}` : `${min} to ${max}`;
  if (min !== undefined) return `at least ${min}`;
  return max === undefined ? 'any number' : `at most ${max}`;
}

function storeRows(plan: Plan): string[][] {
  const { gateway } = plan;
  return [
    ...plan.stores.map((store) => [
      store.name,
      store.kind,
      store.site,
      store.service,
      String(store.port),
      `volume of ${store.volumeVariable}`,
    ]),
    [
      'gateway',
      gateway.kind,
      gateway.site,
      gateway.service,
      `${gateway.ports.http}, ${gateway.ports.https}`,
      gateway.certificates,
    ],
  ];
}

function recipientPlace({ backups: { recipient } }: Plan): string {
  return typeof recipient === 'string' ? recipient : `the recipient in ${recipient.file}`;
}

function backupRows({ backups }: Plan): string[][] {
  return [
    ...backups.database.map((item) => [`database ${item.database}`, item.kind, item.cron, time(item.retention)]),
    ...backups.redis.map((item) => [`store ${item.store}`, item.kind, item.cron, time(item.retention)]),
    [
      `configuration${backups.configuration.images ? ' and images' : ''}`,
      backups.configuration.kind,
      backups.configuration.cron,
      time(backups.configuration.retention),
    ],
    ['certificates', backups.certificates.kind, backups.certificates.cron, time(backups.certificates.retention)],
  ];
}

function blackoutWords({ name, days, hours, dates }: Blackout): string {
  const when = [
    ...(days ? [days.join(', ')] : []),
    ...(hours ? [`${hours.from} to ${hours.to}`] : []),
    ...(dates ? [`${dates.first} to ${dates.last}`] : []),
  ];
  return `${name}: ${when.join('; ')} UTC`;
}

function drillRows({ drills }: Plan): string[][] {
  if (!drills) return [];
  const { project, portOffset, composeFile, service, table: lost, blackouts, watch } = drills;
  return [
    ['copy', `project ${project}, ports + ${portOffset}, ${composeFile}`],
    ['made by', drills.up.join(' ')],
    ['removed by', drills.down.join(' ')],
    ['the monthly test loses', `service ${service}, table ${lost.name} of ${lost.database}`],
    ...blackouts.map((one) => ['no test begins', blackoutWords(one)]),
    ['ended when', `what serves is unwell at ${watch.failures} looks in a row, one every ${time(watch.every)}`],
  ];
}

function validationRows({ validation }: Plan): string[][] {
  return [
    ...validation.transactions.map(({ name, method, path, readBack }) => [
      name,
      `${method} ${path}${readBack === undefined ? '' : `, read back at ${readBack}`}`,
    ]),
    ...validation.commands.map(({ name, command, timeout }) => [
      name,
      `${command.join(' ')}, at most ${time(timeout)}`,
    ]),
  ];
}
