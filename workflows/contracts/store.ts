/** Words of the procedures that back up and restore a store (Redis), and what activities tell them about it. */
import { z } from 'zod';
import type { Site, Store } from '../../plan';
import { approvalTimeoutMs, backupLabel as label, startedBy } from './input';

const common = {
  store: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected the name of a store in the plan, e.g. redis')
    .describe('store of the plan'),
  ...startedBy,
};

export const backupRedisInputSchema = z.strictObject(common);
export type BackupRedisInput = z.infer<typeof backupRedisInputSchema>;

export const restoreRedisInputSchema = z.strictObject({
  ...common,
  backup: label.optional().describe('backup to restore; default: the newest that is whole'),
  approvalTimeoutMs,
  disasterAt: z.iso.datetime({ offset: true }).optional().describe('when the data was lost, if known'),
});
export type RestoreRedisInput = z.infer<typeof restoreRedisInputSchema>;

/** The store an activity works on: its entry in the plan, and the site it lives at. */
export interface StoreAt {
  store: Store;
  site: Site;
}

/** What is written down of a backup beside it, as a file; judged when it is read again. */
export const redisBackupSchema = z.strictObject({
  label,
  store: z.string(),
  /** UTC; everything that was acknowledged before it is in the backup. */
  takenAt: z.iso.datetime(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(1),
  /** Keys in the snapshot. */
  keys: z.int().min(0),
  /** Those of them that expire by themselves. */
  expiring: z.int().min(0),
  version: z.string(),
});
export type RedisBackup = z.infer<typeof redisBackupSchema>;

/** State of a store, read from itself. */
export interface StoreFacts {
  answered: boolean;
  /** Why it did not answer. */
  problem?: string;
  containerId?: string;
  running: boolean;
  /** Volume that its container has mounted, else the one its env file names. */
  volume?: string;
  /** That volume exists. */
  volumeThere: boolean;
  version?: string;
  /** Keys of all its databases; those that expire among them. */
  keys: number;
  expiring: number;
}

/** A restored copy: a volume that was started from twice, and holds what the backup holds. */
export interface RestoredStore {
  volume: string;
  keys: number;
  expiring: number;
  durationMs: number;
}
