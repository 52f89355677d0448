/**
 * The auditor asks for the proof of the last test: one command makes it from the server and this machine's files, another
 * judges it with the server gone.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportEvidence, writeReport } from '../../activities/evidence';
import { exportEvidence as exportCommand } from '../../scripts/commands/evidence-export';
import { verifyBundles } from '../../scripts/commands/evidence-read';
import type { Context } from '../../scripts/lib/context';
import type { WorkflowFailedError } from '@temporalio/client';
import { controlQueue, starterType } from '../../workflows/contracts/names';
import type { Scheduled } from '../../workflows/contracts/scheduled';
import { reseal } from '../support/evidence-bundles';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { useOwnHome } from '../support/own-home';
import { failureOf, openCard, resultOf, until } from '../support/runs';

interface Said {
  made?: {
    path: string;
    head: string;
    workflowId: string;
    contents: { runs: { workflowId: string; ended?: string }[]; missing: unknown[] };
  }[];
  path?: string;
  head?: string;
  holds?: boolean;
  faults?: string[];
  bundles?: { name: string; faults: string[]; notes: string[]; replayed: { outcome: string; workflowId: string }[] }[];
}

describe('evidence of a real run', function () {
  this.timeout(180_000);
  const ownHome = useOwnHome();
  let home: string;
  let house: House;
  before(async function () {
    this.timeout(120_000);
    home = ownHome();
    house = await House.open();
  });
  after(() => house.close());

  /** A site whose control worker writes reports, and makes bundles. */
  function withReports(): FakeSite {
    const site = new FakeSite();
    const people = site.people.activities();
    site.people.activities = () => ({ ...people, writeReport, exportEvidence });
    return site;
  }

  type Command = (context: Context) => Promise<number>;
  /** What a command prints, line by line, and its exit code. */
  async function printed(command: Command, json = false): Promise<{ lines: string[]; exit: number }> {
    const lines: string[] = [];
    const context: Context = {
      options: { address: house.env.address, namespace: house.client.options.namespace ?? 'default' },
      json,
      out: (text) => void lines.push(text),
      say: () => undefined,
      colour: false,
      connectionFlags: '',
    };
    const exit = await command(context);
    return { lines, exit };
  }
  /** What it says with --json. */
  async function said(command: Command): Promise<Said & { exit: number }> {
    const { lines, exit } = await printed(command, true);
    return { ...(JSON.parse(lines.join('\n')) as Said), exit };
  }

  it('a test with all it started is exported, verified without the server, and refused once it was touched', async () => {
    const folder = join(home, 'evidence-bundles');
    const site = withReports();
    await house.with(site, async () => {
      const handle = await house.client.workflow.start('monthlyRecoveryTest', {
        taskQueue: controlQueue,
        workflowId: 'test.system',
        args: [{ reason: 'test', by: 'tester' }],
      });
      await assert.rejects(
        said((context) => exportCommand(context, 'test.system', {})),
        /has not ended/,
      );
      await resultOf(handle);
      const recovery = await house.recover();
      const card = openCard(await until(recovery, 'waiting-approval'));
      await recovery.signal('reject', { card, by: 'on-call', reason: 'test' });
      await failureOf(recovery);
    });

    const one = await said((context) => exportCommand(context, 'test.system', {}));
    assert.deepEqual([one.exit, typeof one.head], [0, 'string']);
    // What the test started is in its bundle, so only the recovery is left.
    let rest = await said((context) => exportCommand(context, undefined, { all: true }));
    for (let tries = 0; rest.made?.length === 0 && tries < 50; tries += 1)
      // The lists of the server lag behind.
      rest = await said((context) => exportCommand(context, undefined, { all: true }));
    assert.deepEqual(
      rest.made?.map(({ workflowId }) => workflowId),
      ['recover.database.shandi'],
    );

    const holds = await said((context) => verifyBundles(context, folder, { replayed: true }));
    assert.deepEqual([holds.exit, holds.holds, holds.faults], [0, true, []]);
    const replayed = holds.bundles?.flatMap((bundle) => bundle.replayed) ?? [];
    assert.deepEqual(
      replayed.filter(({ outcome }) => outcome !== 'replayed'),
      [],
    );
    for (const id of [
      'test.system',
      'test.database.shandi',
      'drill.recover.service.order-service',
      'drill.recover.database.shandi',
      'recover.database.shandi',
    ])
      assert.ok(
        replayed.some(({ workflowId }) => workflowId === id),
        id,
      );
    const path = one.path ?? '';
    const written = await said((context) => verifyBundles(context, path, { head: one.head }));
    assert.equal(written.exit, 0);
    const { lines } = await printed((context) => verifyBundles(context, path, {}));
    assert.match(lines[0] ?? '', /: monthly recovery test, made /);
    assert.match(lines[1] ?? '', /^ {2}replayed {2}test\.system: monthlyRecoveryTest, \d+ events$/);
    assert.equal(lines.at(-1), 'HOLDS: every file is as sealed.');
    assert.equal((await said((context) => verifyBundles(context, path, { head: 'f'.repeat(64) }))).exit, 3);

    // Somebody makes the test one in which another thing was asked, and all hashes anew.
    const history = join(
      path,
      'histories',
      readdirSync(join(path, 'histories')).find((name) => name.startsWith('drill.recover.service')) ?? '',
    );
    writeFileSync(history, readFileSync(history, 'utf8').replace('"restartService"', '"resetService"'));
    assert.equal((await said((context) => verifyBundles(context, path, {}))).exit, 3);
    rmSync(join(folder, 'heads.log'));
    await reseal(path);
    const forged = await said((context) => verifyBundles(context, path, {}));
    assert.equal(forged.exit, 3);
    assert.match(
      forged.bundles?.[0]?.faults.join() ?? '',
      /history of drill\.recover\.service\.order-service: differs: serviceRecovery/,
    );
  });

  it('a test that a schedule has started is bundled once it has ended, and the schedule keeps the head', async () => {
    const addressBefore = process.env['TEMPORAL_ADDRESS'];
    const reason = 'rehearsed by the clock';
    process.env['TEMPORAL_ADDRESS'] = house.env.address;
    const begin = (count: number) =>
      house.client.workflow.execute(starterType, {
        taskQueue: controlQueue,
        workflowId: `schedule.monthly-restore-test-${count}`,
        args: [
          {
            schedule: 'monthly-restore-test',
            procedure: 'restoreTest',
            workflowId: 'test.database.shandi',
            input: { database: 'shandi', reason, by: 'schedule' },
          },
        ],
      }) as Promise<Scheduled>;
    try {
      const site = withReports();
      await house.with(site, async () => {
        const { bundle, outcome } = await begin(1);
        assert.ok(outcome === 'completed' && bundle && 'head' in bundle, JSON.stringify(bundle));
        const path = join(home, bundle.path);
        assert.equal((await said((context) => verifyBundles(context, path, { head: bundle.head }))).exit, 0);

        // The test has failed: that is evidence all the more.
        site.inspection = { ...site.inspection, checksumFailures: 2 };
        await assert.rejects(begin(2), (error: WorkflowFailedError) => {
          assert.match(
            String(error.cause),
            /DR-TEST-FAILED.*evidence bundle evidence-bundles\/test\.database\.shandi-.*, head [0-9a-f]{64}/,
          );
          return true;
        });

        // One that cannot be made, here for a secret that the run has written down, changes nothing of the test.
        site.inspection = { ...site.inspection, checksumFailures: 0 };
        process.env['DR_TEST_TOKEN'] = reason;
        const third = await begin(3);
        assert.equal(third.outcome, 'completed');
        const says = JSON.stringify(third.bundle);
        assert.match(
          says,
          /"missing":"no evidence bundle of test\.database\.shandi was made: A secret is in what would be/,
        );
        assert.match(says, /histories\/.*\.json: the value of environment variable DR_TEST_TOKEN is in it/);
        assert.ok(!says.includes(reason), 'the value is named');
      });
    } finally {
      delete process.env['DR_TEST_TOKEN'];
      if (addressBefore === undefined) delete process.env['TEMPORAL_ADDRESS'];
      else process.env['TEMPORAL_ADDRESS'] = addressBefore;
    }
  });
});
