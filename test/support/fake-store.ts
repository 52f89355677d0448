import type { RedisBackup, RestoredStore, StoreFacts } from '../../workflows/contracts/store';

export const redisBackup: RedisBackup = {
  label: '20261122T160000Z-1ea3d016',
  store: 'redis',
  takenAt: '2026-11-22T16:00:00.000Z',
  sha256: 'a'.repeat(64),
  bytes: 1000,
  keys: 10,
  expiring: 2,
  version: '7.0.15',
};

/** Redis as a fake site sees it: its volume is gone, and there is a backup. */
export class FakeStore {
  facts: StoreFacts = {
    answered: false,
    problem: 'it has no container',
    running: false,
    volume: 'shandi_redis',
    volumeThere: false,
    keys: 0,
    expiring: 0,
  };
  backups: { backup: RedisBackup; problem?: string }[] = [{ backup: redisBackup }];
  /** Keys it has when it serves again. */
  served = 9;
  /** Services that are not well afterwards. */
  unwell: { service: string; says: string }[] = [];

  answers() {
    return {
      inspectStore: (): StoreFacts => this.facts,
      listStoreBackups: () => this.backups,
      backupStore: ({ label }: { label: string }): RedisBackup => {
        const backup = { ...redisBackup, label };
        this.backups = [{ backup }];
        return backup;
      },
      restoreStoreCopy: (): RestoredStore => ({ volume: 'shandi_redis_copy', keys: 9, expiring: 1, durationMs: 10 }),
      removeStoreCopy: () => ({ removed: true }),
      useStoreVolume: ({ volume }: { volume: string }) => ({ from: 'shandi_redis', to: volume, containerId: 'new' }),
      writeCanary: () => ({ keys: this.served, expiring: 1, unwrittenMs: 1_000, afterMs: 10 }),
      awaitHealthy: () => this.unwell,
    };
  }
}
