import { z } from 'zod';
import { cron } from './cron';
import { positiveDuration } from './duration';
import { name, path, secretRef } from './common';

const retention = positiveDuration.describe(
  'How long a backup is kept; whatever it needs to be restored is kept as long.',
);
const when = cron.describe('When it is taken: a cron line of five fields, UTC.');

const RECIPIENT = "an age recipient ('age1' and 58 letters and digits), or { file } that holds one";

/** Public key that bundles are encrypted for; whoever has it can write a bundle and read none. */
export const recipient = z.union(
  [
    z
      .string()
      .regex(/^age1[02-9ac-hj-np-z]{58}$/, { error: RECIPIENT })
      .describe('An X25519 recipient, as `age-keygen` prints it.'),
    z.strictObject({ file: path.describe('File that holds the recipient; empty lines and lines with # are skipped.') }),
  ],
  { error: RECIPIENT },
);

/** The backup policy. Continuous archiving of WAL is always on; its settings stand with the database. */
export const backups = z.strictObject({
  directory: path.describe(
    "Where backups of stores and of configuration are kept, seen from the worker of their site; on another disk than the platform's, better at another place.",
  ),
  recipient: recipient.describe(
    'Public key (age, X25519) that bundles of configuration and certificates are encrypted for.',
  ),
  identity: secretRef.describe(
    'Identity that opens them (`age-keygen`). It must not lie in what is backed up, and in production not on the machine that may be lost.',
  ),
  database: z
    .array(
      z.strictObject({
        database: name.describe('Database that is backed up.'),
        kind: z
          .enum(['full', 'differential', 'incremental', 'logical'])
          .describe('full, differential and incremental are physical; logical is a pg_dump, a net beside them.'),
        cron: when,
        retention,
      }),
    )
    .min(1, { error: 'at least one database backup' })
    .describe('Database backups.'),
  redis: z
    .array(
      z.strictObject({
        store: name.describe('Store that is backed up.'),
        kind: z.literal('rdb').describe('A snapshot file.'),
        cron: when,
        retention,
      }),
    )
    .prefault([])
    .describe('Redis backups.'),
  configuration: z
    .strictObject({
      kind: z.literal('encrypted-archive').describe('One archive, encrypted: it contains secrets.'),
      files: z.array(path).min(1, { error: 'at least one file' }).describe('Files and directories in the archive.'),
      cron: when,
      retention,
      images: z
        .boolean({ error: 'true or false' })
        .prefault(true)
        .describe(
          "Whether the images that the site's Compose file uses are kept beside the bundles, so that the site can be rebuilt without a registry. Default true.",
        ),
    })
    .describe('Compose files, env file, configuration of the servers, infrastructure code.'),
  certificates: z
    .strictObject({
      kind: z.literal('encrypted-archive').describe('One archive, encrypted: it contains private keys.'),
      files: z.array(path).min(1, { error: 'at least one file' }).describe('Files and directories in the archive.'),
      cron: when,
      retention,
    })
    .describe('TLS certificates and their keys.'),
});

/** The backup policy; durations in milliseconds, cron lines in UTC. */
export type Backups = z.output<typeof backups>;
/** Public key that bundles are encrypted for: itself, or the file that holds it. */
export type Recipient = z.output<typeof recipient>;
