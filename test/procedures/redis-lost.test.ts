/**
 * What Redis held is gone: its volume, or its keys by mistake. It is restored from its backup into a volume of its own, started
 * from twice and counted there, and only then given to the services; what it had is kept. A backup is one only when it was
 * written after it was asked for, and can be read back.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { root } from '../../activities/shared/paths';
import { readEnv } from '../../platform/lifecycle';
import { controlQueue } from '../../workflows/contracts/names';
import type { RedisBackup } from '../../workflows/contracts/store';
import { containerOf, docker } from '../support/docker';
import { project } from '../support/names';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('what Redis held is lost', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const start = (procedure: string, workflowId: string, input: Record<string, unknown> = {}): Promise<WorkflowHandle> =>
    shandi.client.workflow.start(procedure, {
      taskQueue: controlQueue,
      workflowId,
      args: [{ store: 'redis', reason: 'test', by: 'tester', ...input }],
    });
  const restore = (input: Record<string, unknown> = {}): Promise<WorkflowHandle> =>
    start('restoreRedis', 'recover.store.redis', input);
  const backup = async (): Promise<RedisBackup> =>
    (await resultOf(await start('backupRedis', 'backup.store.redis'))).result['backup'] as RedisBackup;
  const redis = async (...command: string[]): Promise<string> => {
    const password = (await readEnv(project))['REDIS_PASSWORD'] ?? '';
    const { stdout } = await promisify(execFile)(
      'docker',
      ['exec', '-e', 'REDISCLI_AUTH', containerOf('redis'), 'redis-cli', ...command],
      { env: { ...process.env, REDISCLI_AUTH: password } },
    );
    return stdout.trim();
  };
  const fill = (name: string, count: number): Promise<string> =>
    redis('EVAL', `for i = 1, ${count} do redis.call('SET', KEYS[1] .. i, i) end return 'OK'`, '1', name);
  const keys = async (name: string): Promise<number> =>
    (await redis('KEYS', `${name}*`)).split('\n').filter(Boolean).length;
  const volume = async (): Promise<string> => (await readEnv(project))['REDIS_VOLUME'] ?? '';
  const folder = join(root(), 'platform', 'backups', project, 'stores', 'redis');

  it('its volume is gone: restored by policy, to the key, and it outlives a restart', async () => {
    await fill('kept:', 200);
    await redis('SET', 'expires', '1', 'EX', '3600');
    const taken = await backup();
    assert.ok(taken.keys >= 201 && taken.expiring >= 1, JSON.stringify(taken));
    await fill('after:', 50);

    const lost = await volume();
    await docker.getContainer(containerOf('redis')).remove({ force: true });
    await docker.getVolume(lost).remove();
    const report = await resultOf(await restore());

    assert.match(report.view.approvals[0]?.reason ?? '', /the volume of redis is gone/);
    assert.deepEqual([await keys('kept:'), await keys('expires'), await keys('after:')], [200, 1, 0]);
    assert.ok((report.view.objectives?.achievedRpo ?? 0) > 0);
    await docker.getContainer(containerOf('redis')).restart();
    await shandi.eventually('it has read its files', async () => {
      // Refused until it listens.
      const answer = await redis('PING').catch(() => '');
      return answer === 'PONG' ? true : undefined;
    });
    assert.equal(await keys('kept:'), 200, 'its append-only file holds them');
    await shandi.eventually('orders are taken', async () => {
      const port = (await readEnv(project))['NGINX_PORT'] ?? '';
      return (await fetch(`http://127.0.0.1:${port}/api/recommendations/1`)).ok ? true : undefined;
    });
  });

  it('its keys were flushed by mistake and new ones came: a person decides; the volume with those is kept', async () => {
    await fill('sessions:', 30);
    await backup();
    await redis('FLUSHALL');
    await fill('new:', 3);
    const former = await volume();
    const handle = await restore();
    const waiting = await until(handle, 'waiting-approval');
    assert.match(JSON.stringify(waiting.gates[0]?.card.warnings), /redis works and holds keys: they are replaced/);
    assert.equal(await keys('new:'), 3, 'it serves until somebody has decided');
    await approve(handle, openCard(waiting));
    const report = await resultOf(handle);

    assert.deepEqual([await keys('sessions:'), await keys('new:')], [30, 0]);
    assert.notEqual(await volume(), former);
    assert.deepEqual((report.result['kept'] as { volume: string }).volume, former);
    await docker.getVolume(former).inspect();
    // The volumes of its copies are the platform's now, or nobody's.
    await docker.getVolume(former).remove();
  });

  it('its volume is gone and its restore is aborted half-way: what serves by then is not removed', async () => {
    await fill('half:', 7);
    await backup();
    const lost = await volume();
    await docker.getContainer(containerOf('redis')).remove({ force: true });
    await docker.getVolume(lost).remove();
    const service = 'auth-service';
    await docker.getContainer(containerOf(service)).pause();
    try {
      const handle = await restore();
      await until(handle, 'held', 90_000);
      await handle.executeUpdate('resolve', { args: [{ action: 'abort', by: 'tester', reason: 'test' }] });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
    } finally {
      await docker.getContainer(containerOf(service)).unpause();
    }
    assert.equal(await keys('half:'), 7);
    await docker.getVolume(await volume()).inspect();
  });

  it('rejected: the copy is removed, and Redis is as it was', async () => {
    await fill('mine:', 5);
    const before = await shandi.footprint();
    const handle = await restore();
    const card = openCard(await until(handle, 'waiting-approval'));
    await handle.executeUpdate('reject', { args: [{ card, by: 'Management', reason: 'keep it' }] });
    assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
    assert.equal(await keys('mine:'), 5);
    assert.deepEqual(await shandi.footprint(), before);
  });

  it('a backup with one byte more is none: refused by name, and passed over where another is whole', async () => {
    const whole = await backup();
    const damaged = await backup();
    appendFileSync(join(folder, `${damaged.label}.rdb`), 'x');
    const named = await failureOf(await restore({ backup: damaged.label }));
    assert.equal(named.code, 'DR-BACKUP-CORRUPT');
    const handle = await restore();
    const view = await until(handle, 'waiting-approval');
    assert.match(JSON.stringify(view.timeline), new RegExp(`${damaged.label} is passed over`));
    assert.match(JSON.stringify(view.facts), new RegExp(whole.label));
    await handle.executeUpdate('abort', { args: [{ by: 'tester', reason: 'seen' }] });
    assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
  });
});
