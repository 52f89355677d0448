/** Words of the procedures that back up a database by pgBackRest and prove that what was backed up can be restored. */
import { z } from 'zod';
import { despiteBlackout, startedBy } from './input';

const database = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'expected the name of a database in the plan, e.g. shandi')
  .describe('database of the plan');

/** Kinds of physical backups, as the plan names them. */
export const backupKinds = ['full', 'differential', 'incremental'] as const;
export type BackupKind = (typeof backupKinds)[number];

export const backupDatabaseInputSchema = z.strictObject({
  database,
  kind: z
    .enum(backupKinds, { error: `expected ${backupKinds.join(', ')}` })
    .describe(
      'full: everything. differential: what changed since the last full one. incremental: what changed since the last one',
    ),
  expire: z
    .boolean()
    .default(false)
    .describe(
      'afterwards remove full backups older than the retention the plan gives full backups, and what refers to them; default false',
    ),
  ...startedBy,
});
export type BackupDatabaseInput = z.infer<typeof backupDatabaseInputSchema>;

export const restoreTestInputSchema = z.strictObject({
  database,
  point: z
    .enum(['latest', 'random'], { error: 'expected latest or random' })
    .default('random')
    .describe(
      'recovery point: latest, the end of the archive; random, a moment between the end of the newest backup and that; default random',
    ),
  despiteBlackout,
  ...startedBy,
});
export type RestoreTestInput = z.infer<typeof restoreTestInputSchema>;

/** What is found in the repository of a backup that was just made. */
export interface ReadBack {
  /** Listed, without an error. */
  listed: boolean;
  /** Backups it refers to that are not listed, or carry an error. */
  brokenReferences: string[];
  /** Segments of its own WAL that are not in the archive. */
  missingSegments: string[];
  /** How many segments it needs. */
  segments: number;
}

/** Backups that the retention of the plan does not keep. */
export interface Outlived {
  /** Oldest first. */
  labels: string[];
  /** Full backups that stay. */
  keeps: string[];
}
