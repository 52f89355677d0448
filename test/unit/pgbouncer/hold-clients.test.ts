/** Holding clients: a planned move cuts nobody, whatever dies in the middle, and never lets in whom somebody else holds. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { pauseClients, type PausedClients } from '../../../activities/pgbouncer';
import { cluster } from '../../fixtures/servers';
import { FakeConsole } from '../../support/fake-console';

const run = { workflowId: 'recover.database.shandi', runId: 'run-1' };
const approval = {
  gate: 'switch',
  card: '0123456789ab',
  ...run,
  by: 'on-call',
  via: 'person' as const,
  at: '2026-11-22T17:00:00Z',
};
const { home } = cluster();
const logger = new DefaultLogger('ERROR', () => undefined);

describe('holding the clients at the pooler', () => {
  let console: FakeConsole;
  let folder: string;
  const before_ = { ...process.env };
  beforeEach(async () => {
    console = await FakeConsole.listen();
    folder = mkdtempSync(join(tmpdir(), 'hold-clients-'));
    process.env['DR_HOME'] = folder;
    process.env['DR_TEST_ADMIN_PASSWORD'] = 'secret';
  });
  afterEach(() => {
    console.close();
    rmSync(folder, { recursive: true });
    for (const name of ['DR_HOME', 'DR_TEST_ADMIN_PASSWORD'])
      if (before_[name] === undefined) delete process.env[name];
      else process.env[name] = before_[name];
  });

  const hold = (of: { cut?: boolean; workflowId?: string } = {}): Promise<PausedClients> => {
    const { pooler } = home.database;
    const place = { port: console.port, host: '127.0.0.1', adminPassword: { env: 'DR_TEST_ADMIN_PASSWORD' } };
    const args = {
      site: home.site,
      database: { ...home.database, pooler: { ...pooler, ...place } },
      drainMs: 100,
      approval,
      ...(of.cut === undefined ? {} : { cut: of.cut }),
    };
    const execution = { ...run, ...(of.workflowId ? { workflowId: of.workflowId } : {}) };
    return new MockActivityEnvironment({ workflowExecution: execution }, { logger }).run(pauseClients, args);
  };
  const stall = (error: Error & { type?: string }): boolean => error.type === 'DR-STALL';
  /** A try whose worker died while its PAUSE waited for a transaction. */
  const triedBefore = async (): Promise<void> => {
    await hold();
    console.busy = 3;
    console.commands.length = 0;
  };

  it('waits for transactions that end, and cuts nobody', async () => {
    const { paused, killed, alreadyPaused } = await hold({ cut: false });
    assert.deepEqual([paused, killed, alreadyPaused, console.paused], [true, false, false, true]);
    assert.ok(!console.commands.some((one) => one.startsWith('KILL')));
  });

  it('transactions do not end: cut where that is wanted', async () => {
    console.busy = 3;
    assert.equal((await hold()).killed, true);
    assert.deepEqual([console.paused, console.busy], [true, 0]);
  });

  it('transactions do not end: where nobody may be cut it is given up, and nobody is held', async () => {
    console.busy = 3;
    await assert.rejects(hold({ cut: false }), stall);
    assert.deepEqual([console.paused, console.busy], [false, 3]);
    // Somebody holds them by hand from now on: that is not the pause that was given up.
    Object.assign(console, { paused: true, busy: 0 });
    assert.equal((await hold({ cut: false })).alreadyPaused, true);
  });

  it('a second try finds its own pause still waiting: nobody is cut then either', async () => {
    await triedBefore();
    await assert.rejects(hold({ cut: false }), stall);
    assert.deepEqual([console.paused, console.busy], [false, 3], 'the clients go on, their transactions with them');
    assert.ok(!console.commands.some((one) => one.startsWith('KILL')));
  });

  it('a second try that may cut does, and says so', async () => {
    await triedBefore();
    const { killed, alreadyPaused } = await hold();
    assert.deepEqual([killed, alreadyPaused, console.busy], [true, false, 0]);
  });

  it('somebody else holds them: that is told, and a try that is given up leaves them held', async () => {
    await triedBefore();
    const other = { cut: false, workflowId: 'recover.database.other' };
    await assert.rejects(hold(other), stall);
    assert.equal(console.paused, true);
    console.busy = 0;
    assert.equal((await hold(other)).alreadyPaused, true);
  });
});
