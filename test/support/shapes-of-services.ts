/** The shapes that runs on services can have; `save-histories` keeps one of each. */
import { controlQueue, starterType } from '../../workflows/contracts/names';
import type { House } from './house';
import { approve, until } from './runs';
import type { Shape } from './shapes';

const word = { by: 'on-call', reason: 'saved history' };

const recovery: Record<string, Shape> = {
  restarted: (house) => house.recoverService({ service: 'api-gateway' }, 'recover.service.api-gateway'),
  'not-needed': (house, site) => {
    site.service.container = { running: true };
    site.service.health = { healthy: true, status: 200, says: 'status 200' };
    return house.recoverService();
  },
  refused: (house, site) => {
    site.service.dependencies.set('redis', { healthy: false, says: 'it has no container' });
    return house.recoverService();
  },
  'held-mended': async (house, site) => {
    site.service.helps = [];
    const handle = await house.recoverService();
    await until(handle, 'held');
    site.service.health = { healthy: true, status: 200, says: 'status 200' };
    await handle.executeUpdate('resolve', { args: [{ action: 'retry', ...word }] });
    return handle;
  },
  expired: (house) => house.recoverService({ policyMayAnswer: false, approvalTimeoutMs: 200 }),
};

const store = (house: House, procedure: 'backupRedis' | 'restoreRedis', input = {}): ReturnType<Shape> =>
  house.client.workflow.start(procedure, {
    taskQueue: controlQueue,
    workflowId: `${procedure === 'backupRedis' ? 'backup' : 'recover'}.store.redis`,
    args: [{ store: 'redis', reason: 'test', by: 'tester', ...input }],
  });

const backup: Record<string, Shape> = { taken: (house) => store(house, 'backupRedis') };

const restore: Record<string, Shape> = {
  'by-policy': (house) => store(house, 'restoreRedis'),
  refused: (house, site) => {
    site.store.backups = [];
    return store(house, 'restoreRedis');
  },
  'approved-aborted': async (house, site) => {
    site.store.facts = { ...site.store.facts, answered: true, running: true, volumeThere: true, keys: 12 };
    site.store.unwell = [{ service: 'auth-service', says: 'status 503' }];
    const handle = await store(house, 'restoreRedis');
    await approve(handle);
    await until(handle, 'held');
    await handle.executeUpdate('resolve', { args: [{ action: 'abort', ...word }] });
    return handle;
  },
};

const byTheClock = (house: House, procedure: 'backupDatabase' | 'restoreTest', input = {}): ReturnType<Shape> =>
  house.start(procedure, input, `${procedure === 'backupDatabase' ? 'backup' : 'test'}.database.shandi`);

const backupDatabase: Record<string, Shape> = {
  taken: (house) => byTheClock(house, 'backupDatabase', { kind: 'incremental' }),
  expired: (house, site) => {
    site.answer('outlivedBackups', () => ({ labels: ['20261101-160000F'], keeps: ['20261122-160000F'] }));
    return byTheClock(house, 'backupDatabase', { kind: 'full', expire: true });
  },
  refused: (house, site) => {
    site.fail('archiveCheck', 'DR-ARCHIVE', 'nothing arrives');
    return byTheClock(house, 'backupDatabase', { kind: 'full' });
  },
};

const restoreTest: Record<string, Shape> = {
  passed: (house) => byTheClock(house, 'restoreTest', { point: 'latest' }),
  failed: (house, site) => {
    site.inspection = { checksumFailures: 2 };
    return byTheClock(house, 'restoreTest', { point: 'latest' });
  },
};

/** What a schedule starts: no procedure, and it has a history all the same. */
const starter: Record<string, Shape> = {
  completed: (house) =>
    house.client.workflow.start(starterType, {
      taskQueue: controlQueue,
      workflowId: 'schedule.saved-history',
      args: [
        {
          schedule: 'saved-history',
          procedure: 'backupRedis',
          workflowId: 'backup.store.redis',
          input: { store: 'redis', reason: 'test', by: 'schedule' },
          windowMs: 60_000,
        },
      ],
    }),
};

/** By the name of the procedure as it stands in the file's name. */
export const shapesOfServices: Record<string, Record<string, Shape>> = {
  'service-recovery': recovery,
  'backup-redis': backup,
  'restore-redis': restore,
  'backup-database': backupDatabase,
  'restore-test': restoreTest,
  'start-scheduled': starter,
};
