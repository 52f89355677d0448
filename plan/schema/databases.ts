import { z } from 'zod';
import { duration, positiveDuration } from './duration';
import { absolutePath, host, identifier, name, path, port, secretRef, variable, volume } from './common';
import { addressedBy, failover, replication } from './failover';
import { rate } from './size';

// 14 brought pg_get_wal_replay_pause_state, which proves that a copy stands still; 15 the log line by which the end of the
// archive is recognised (target `latest`).
const VERSION = 'a major version of PostgreSQL that is supported here: 15 to 18';
const QUERY = 'one SELECT (or WITH … SELECT) statement without a semicolon that returns one number';

// The pattern spells out both cases because JSON Schema has no flag for them.
/** A question to the data whose answer is known to lie in a range, whatever the load. */
export const businessQuery = z.strictObject({
  name: name.describe('Name of the question, shown on the card and in the report.'),
  sql: z
    .string({ error: QUERY })
    .regex(/^\s*([Ss][Ee][Ll][Ee][Cc][Tt]|[Ww][Ii][Tt][Hh])\b[^;]*$/, { error: QUERY })
    .describe('One SELECT statement that returns one number. It runs in a read-only transaction.'),
  expect: z
    .strictObject({
      min: z.number({ error: 'a number' }).optional().describe('Smallest good answer. Default: no limit.'),
      max: z.number({ error: 'a number' }).optional().describe('Largest good answer. Default: no limit.'),
    })
    .refine((range) => range.min === undefined || range.max === undefined || range.min <= range.max, {
      error: 'a range whose min is not above its max',
    })
    .describe('Range of good answers.'),
});

/** A PostgreSQL standby that streams from the primary. */
export const standby = z.strictObject({
  service: name.describe('Compose service of the standby.'),
  site: name.describe('Site it runs on.'),
  port: port.describe('Port published on the machine of that site.'),
  volumeVariable: variable.describe("Key of the site's env file that names its data volume."),
});

const backup = z.strictObject({
  driver: z.literal('pgbackrest').describe('Program that backs up and restores.'),
  stanza: name.describe('pgBackRest stanza.'),
  repositoryVolume: volume.describe('Docker volume that holds the repository.'),
  repositoryPath: absolutePath.describe('Where that volume is mounted in the database container.'),
  cipherPass: secretRef.optional().describe('Pass phrase of the repository. Default: the repository is not encrypted.'),
  archiveTimeout: positiveDuration.describe(
    'archive_timeout of the server: a segment is closed at the latest after this time (PostgreSQL manual 20.5.3).',
  ),
  maxAge: positiveDuration.describe('A newest good backup older than this counts as stale.'),
});

const pooler = z.strictObject({
  driver: z.literal('pgbouncer').describe('Program that pools connections.'),
  service: name.describe('Compose service of the pooler.'),
  host: host.describe("Host of the pooler as the site's worker reaches it."),
  port: port.describe('Port published on the machine of the site.'),
  database: identifier.describe('Database name in the pooler, the one that is paused and resumed.'),
  adminUser: identifier.describe('User of the admin console (admin_users).'),
  adminPassword: secretRef.describe('Password of that user.'),
  databasesFile: path.describe(
    'File with the [databases] section; it is rewritten to point clients to another server.',
  ),
  pauseTimeout: positiveDuration.describe('Longest wait for open transactions before the pooler cuts them.'),
});

const clientPath = z.strictObject({
  host: host.describe('Host that clients connect to.'),
  port: port.describe('Port that clients connect to: usually that of the pooler.'),
  database: identifier.describe('Database name that clients ask for.'),
  user: identifier.describe('User of the application.'),
  password: secretRef.describe('Password of that user.'),
});

/**
 * An outside client that remembers what was acknowledged to it. After a recovery it is asked, over HTTP, whether the rows
 * it was promised are there: `GET http://host:port/path?until=…&resumedAt=…` answers `{ok, summary, facts: [{label, value}]}`.
 */
export const witness = z.strictObject({
  name: name.describe('Name of the witness in the report.'),
  host: host.describe("Host as the site's worker reaches it."),
  port: port.describe('Port it listens on.'),
  path: z
    .string({ error: 'a path that begins with /' })
    .regex(/^\/[A-Za-z0-9/_.-]*$/, { error: 'a path that begins with /' })
    .describe('Path of its verdict.'),
  timeout: positiveDuration.describe('Longest wait for its verdict.'),
  required: z
    .boolean({ error: 'true or false' })
    .prefault(false)
    .describe('Whether a witness that does not answer is a failed step. Default false: it is noted and passed over.'),
});

/** Where copies are made, when not beside the other volumes of the engine. */
const copyVolume = z.strictObject({
  driver: name.describe('Volume driver of the engine, such as local.'),
  options: z
    .record(z.string(), z.string({ error: 'text' }))
    // On one device the second copy would be restored over the first, which may be the database by then.
    .refine(({ device, type }) => device === undefined || type === 'tmpfs' || device.includes('{key}'), {
      error: 'a device with the placeholder {key}, so that every copy has a place of its own',
    })
    .describe(
      'Options of the driver, such as { type: none, o: bind, device: "/mnt/recovery/{key}" }. {key} stands for the key of the run; a device must contain it unless its type is tmpfs.',
    ),
});

/** One protected PostgreSQL database with everything a recovery of it needs to know. */
export const database = z.strictObject({
  name: name.describe('Name of the resource: database.<name>.'),
  tier: z.string({ error: 'the name of a tier' }).describe('Tier whose objectives a recovery must meet.'),
  site: name.describe('Site of the primary server in peace.'),
  version: z
    .int({ error: VERSION })
    .min(15, { error: VERSION })
    .max(18, { error: VERSION })
    .describe('Major version of PostgreSQL; data files of another one cannot be started.'),
  service: name.describe('Compose service of the primary server.'),
  port: port.describe('Port of the primary server, published on the machine of the site.'),
  database: identifier.describe('Name of the application database inside the server.'),
  dataDirectory: absolutePath.describe('Data directory inside the container.'),
  volumeVariable: variable.describe("Key of the site's env file that names the data volume; cut-over changes it."),
  standbys: z.array(standby).prefault([]).describe('Standbys; each is rebuilt after a point-in-time recovery.'),
  replication: replication.describe('How standbys reach the primary, and what commits wait for.'),
  failover: failover
    .prefault({})
    .describe('When the primary may change by itself. Default: every default of its keys.'),
  addressedBy: z
    .array(addressedBy)
    .prefault([])
    .describe('Services that hold the address of the server themselves. Default: all go through the pooler.'),
  backup: backup.describe('Backups and the WAL archive.'),
  pooler: pooler.describe('Connection pooler in front of the database.'),
  clientPath: clientPath.describe('The way a real client takes; a recovery is done when a write committed on it.'),
  heartbeatTable: identifier.describe('Table that gets one row every second; it measures the recovery point.'),
  businessQueries: z.array(businessQuery).prefault([]).describe('Questions that tell good data from bad.'),
  rates: z
    .strictObject({
      copy: rate.describe('Restoring files from the repository.'),
      replay: rate.describe('Replaying WAL.'),
    })
    .describe('Rates measured by the last drill; the duration of a recovery is predicted from them.'),
  witnesses: z.array(witness).prefault([]).describe('Outside clients that say whether what was acknowledged is there.'),
  copyVolume: copyVolume
    .optional()
    .describe('Volume driver and options for copies. Default: as every volume of the engine.'),
  damagedVolumeRetention: positiveDuration.describe('How long the damaged data volume is kept after the cut-over.'),
  copyRetention: duration.describe('How long an inspectable copy is kept before it is cleaned up.'),
});

/** One protected PostgreSQL database; durations in milliseconds, rates in bytes per second. */
export type Database = z.output<typeof database>;
/** A PostgreSQL standby that streams from the primary. */
export type Standby = z.output<typeof standby>;
/** An outside client that remembers what was acknowledged to it; timeout in milliseconds. */
export type Witness = z.output<typeof witness>;
/** A question to the data whose answer is known to lie in a range. */
export type BusinessQuery = z.output<typeof businessQuery>;
