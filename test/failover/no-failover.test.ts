/**
 * Something is wrong, and the primary is not lost: the pooler is dead, its disk is full, its connections are used up, an
 * observer is cut off. A standby in its place would help nobody: it would inherit the fault, or cut off a server that works.
 * The guard says what is wrong, starts nothing, and is at peace again when the fault is gone.
 */
import assert from 'node:assert/strict';
import { Client } from 'pg';
import { connection, readEnv } from '../../platform/lifecycle';
import { smallDisk } from '../support/small-disk';
import { cutOffObserver } from '../support/cut-off-observer';
import { containerOf, docker } from '../support/docker';
import { project } from '../support/names';
import type { Pair } from '../support/pair';
import { usePair } from '../support/use-pair';

describe('no failover', function () {
  this.timeout(180_000);
  let pair: Pair;
  usePair((opened) => (pair = opened));

  /** The guard alarms in these words, nothing is started, and it is at peace again when the fault is mended. */
  const alarmsOnly = async (words: RegExp, mend: () => Promise<unknown>): Promise<void> => {
    const before = { roles: await pair.roles(), latest: (await pair.latest())?.runId };
    await pair.guardSays(
      `the alarm is ${words}`,
      (view) => view.state === 'alarm' && words.test(view.waitingFor ?? ''),
    );
    assert.equal((await pair.latest())?.runId, before.latest, 'nothing was started');
    assert.deepEqual(await pair.roles(), before.roles);
    await mend();
    await pair.guardSays('all is well', (view) => view.state === 'watching');
    assert.equal((await pair.latest())?.runId, before.latest, 'nothing was started');
  };

  it('the pooler is dead, the database lives: a person is told, and clients are served when it is back', async () => {
    await pair.startLedger();
    const pooler = docker.getContainer(containerOf('pgbouncer'));
    pair.afterwards(() => pooler.start());
    await pooler.kill();
    await alarmsOnly(/clients cannot reach it: look at the pooler/, () => pooler.start());
    await pair.quiet();
    assert.deepEqual((await pair.verdict()).missing, []);
  });

  it('its connections are used up: a person is told', async () => {
    const { primary } = await pair.roles();
    const config = { ...connection(await readEnv(project), 'POSTGRES_PORT'), port: primary.port };
    const holders: Client[] = [];
    const release = (): Promise<unknown> =>
      Promise.all(holders.splice(0).map((one) => one.end().catch(() => undefined)));
    pair.afterwards(release);
    for (;;) {
      const one = new Client(config);
      one.on('error', () => undefined);
      try {
        await one.connect();
        holders.push(one);
      } catch (error) {
        assert.equal((error as { code?: string }).code, '53300');
        break;
      }
    }
    await alarmsOnly(/takes no more connections/, release);
  });

  it('its disk is full: a person is told, and it takes writes again when there is room', async () => {
    await pair.unguard();
    const { primary } = await pair.roles();
    const disk = await smallDisk(pair, primary);
    await pair.quiet();
    await pair.guard();
    await pair.startLedger();
    await disk.fill();
    await alarmsOnly(/the disk of the primary is full/, () => disk.free());
    await pair.quiet();
    assert.deepEqual((await pair.verdict()).missing, []);
  });

  it('an observer is cut off from everything: nothing is done on its word; a real death is seen all the same', async () => {
    await pair.unguard();
    const office = await cutOffObserver(pair);
    await office.connect();
    await pair.guard();
    await office.cutOff();
    await alarmsOnly(/an observer reaches nothing at all/, () => office.connect());

    await office.cutOff();
    await pair.guardSays('it is blind again', (view) => view.state === 'alarm');
    const { primary, standby } = await pair.roles();
    const former = await pair.latest();
    await pair.kill(primary);
    await (await pair.nextRun('databaseFailover', former?.runId)).result();
    assert.equal((await pair.roles()).primary.service, standby.service);
    await pair.quiet();
  });
});
