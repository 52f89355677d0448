import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { controlQueue } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { redisBackup } from '../support/fake-store';
import { House } from '../support/house';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';

describe('a store: backed up, and restored beside the one that may still serve', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const start = (
    procedure: 'backupRedis' | 'restoreRedis',
    input: Record<string, unknown> = {},
    workflowId = `${procedure === 'backupRedis' ? 'backup' : 'recover'}.store.redis`,
  ): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start(procedure, {
      taskQueue: controlQueue,
      workflowId,
      args: [{ store: 'redis', reason: 'test', by: 'tester', ...input }],
    });
  const serving = (): FakeSite => {
    const site = new FakeSite();
    site.store.facts = {
      answered: true,
      running: true,
      containerId: 'old',
      volume: 'shandi_redis',
      volumeThere: true,
      keys: 12,
      expiring: 0,
    };
    return site;
  };

  it('a backup is named after its moment and its run, and read back', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await start('backupRedis'));
      assert.match(JSON.stringify(report.result['backup']), /"label":"\d{8}T\d{6}Z-[0-9a-f]{8}"/);
      assert.deepEqual(site.calls, ['backupStore', 'listStoreBackups']);
    });
  });

  it('a backup that cannot be read back is none', async () => {
    const site = new FakeSite();
    site.answer('listStoreBackups', () => [{ backup: redisBackup, problem: 'another checksum' }]);
    await house.with(site, async () => {
      const failure = await failureOf(await start('backupRedis'));
      assert.equal(failure.code, 'DR-BACKUP-FAILED');
      assert.match(failure.message, /another checksum/);
    });
  });

  it('its volume is gone: the policy answers, because nothing more is lost', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await start('restoreRedis'));
      assert.match(report.view.approvals[0]?.reason ?? '', /the volume of redis is gone/);
      const order = ['restoreStoreCopy', 'useStoreVolume', 'writeCanary', 'awaitHealthy'];
      assert.deepEqual(
        site.calls.filter((name) => order.includes(name)),
        order,
      );
      assert.equal(report.result['kept'], null);
      // Of 2026: whatever is measured against it is over the RPO.
      assert.equal(report.view.objectives?.rpoMet, false);
    });
  });

  it('it works and holds keys: a person decides, with the copy ready; its old volume is kept', async () => {
    const site = serving();
    await house.with(site, async () => {
      const handle = await start('restoreRedis');
      const waiting = await until(handle, 'waiting-approval');
      assert.match(JSON.stringify(waiting.gates[0]?.card), /redis works and holds keys: they are replaced/);
      assert.equal(site.count('restoreStoreCopy'), 1);
      assert.equal(site.count('useStoreVolume'), 0);
      await approve(handle);
      const report = await resultOf(handle);
      assert.match(JSON.stringify(report.result['kept']), /"volume":"shandi_redis"/);
      assert.equal(site.given.get('recordDamagedVolume')?.[0]?.['resource'], 'store.redis');
    });
  });

  it('rejected: the copy is removed, and the store is as it was', async () => {
    const site = serving();
    await house.with(site, async () => {
      const handle = await start('restoreRedis');
      const card = openCard(await until(handle, 'waiting-approval'));
      await handle.executeUpdate('reject', { args: [{ card, by: 'Management', reason: 'keep the sessions' }] });
      assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
      assert.equal(site.count('removeStoreCopy'), 1);
      assert.equal(site.count('useStoreVolume'), 0);
    });
  });

  it('a service is not well on what was restored; aborted: it gets back the volume it had, then the copy goes', async () => {
    const site = serving();
    site.store.unwell = [{ service: 'auth-service', says: 'status 503' }];
    await house.with(site, async () => {
      const handle = await start('restoreRedis');
      await approve(handle);
      const held = await until(handle, 'held');
      assert.match(held.hold?.problem.message ?? '', /auth-service is not well: status 503/);
      await handle.executeUpdate('resolve', { args: [{ action: 'abort', by: 'tester', reason: 'back' }] });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      assert.deepEqual(
        site.given.get('useStoreVolume')?.map((one) => one['volume']),
        ['shandi_redis_copy', 'shandi_redis'],
      );
      assert.equal(site.calls.at(-1), 'removeStoreCopy');
    });
  });

  it('the newest backup is not whole: the one before is taken, on record', async () => {
    const site = new FakeSite();
    site.store.backups = [
      { backup: { ...redisBackup, label: '20261122T170000Z-1ea3d016' }, problem: 'another checksum' },
      { backup: redisBackup },
    ];
    await house.with(site, async () => {
      const report = await resultOf(await start('restoreRedis'));
      assert.match(JSON.stringify(report.view.timeline), /20261122T170000Z-1ea3d016 is passed over: another checksum/);
      assert.match(JSON.stringify(report.result['backup']), /20261122T160000Z/);
    });
  });

  it('it serves again without its keys: held, not done', async () => {
    const site = new FakeSite();
    site.store.served = 1;
    await house.with(site, async () => {
      const handle = await start('restoreRedis');
      const held = await until(handle, 'held');
      assert.match(held.hold?.problem.message ?? '', /held 8 keys that do not expire, and 0 of them are served/);
      assert.equal(held.objectives?.verifiedAt, undefined);
    });
  });

  it('the backup is empty: the policy does not answer, it may have been taken after the loss', async () => {
    const site = new FakeSite();
    site.store.backups = [{ backup: { ...redisBackup, keys: 0, expiring: 0 } }];
    await house.with(site, async () => {
      await until(await start('restoreRedis'), 'waiting-approval');
      assert.equal(site.count('useStoreVolume'), 0);
    });
  });

  it('its volume is there and it is merely down: a person decides, and is told to start it first', async () => {
    const site = new FakeSite();
    site.store.facts = { ...site.store.facts, volumeThere: true };
    await house.with(site, async () => {
      const waiting = await until(await start('restoreRedis'), 'waiting-approval');
      assert.match(JSON.stringify(waiting.gates[0]?.card.warnings), /may hold more than the backup. Start it first/);
    });
  });

  it('when the data was lost is known: backups from after that are not asked for; one that is named is believed', async () => {
    const site = new FakeSite();
    const disasterAt = '2026-11-22T15:00:00Z';
    await house.with(site, async () => {
      await resultOf(await start('restoreRedis', { disasterAt }));
      assert.equal(site.given.get('listStoreBackups')?.[0]?.['before'], disasterAt);
      const report = await resultOf(await start('restoreRedis', { disasterAt, backup: redisBackup.label }));
      assert.equal(site.given.get('listStoreBackups')?.[1]?.['before'], undefined);
      assert.equal(report.view.objectives?.achievedRpo, undefined, 'it says nothing about what was lost');
      assert.equal(report.view.verdict, 'unproven');
    });
  });

  it('there is no backup: refused', async () => {
    const site = new FakeSite();
    site.store.backups = [];
    await house.with(site, async () => {
      assert.equal((await failureOf(await start('restoreRedis'))).code, 'DR-NO-BACKUP');
      assert.equal(site.count('restoreStoreCopy'), 0);
    });
  });

  const bad: [string, Record<string, unknown>, string, RegExp][] = [
    [
      'a store the plan does not have',
      { store: 'memcached' },
      'recover.store.memcached',
      /"memcached", the plan has: redis/,
    ],
    ['another lock', {}, 'recover.store.other', /expected recover\.store\.redis/],
    [
      'a label there cannot be',
      { backup: 'yesterday' },
      'recover.store.redis',
      /backup of the input.* is "yesterday": expected the label/,
    ],
    ['a key there is not', { force: true }, 'recover.store.redis', /force/],
  ];
  for (const [title, input, id, sentence] of bad)
    it(`bad input: ${title}`, async () => {
      await house.with(new FakeSite(), async () => {
        const failure = await failureOf(await start('restoreRedis', input, id));
        assert.ok(['DR-INPUT', 'DR-UNKNOWN-STORE'].includes(failure.code), failure.code);
        assert.match(failure.message, sentence);
      });
    });
});
