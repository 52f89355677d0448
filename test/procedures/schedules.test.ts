/**
 * Nobody takes a backup by hand at two in the morning, and nobody restores one to see whether it can be done. The clock does,
 * by the plan: once per firing, never two at once, and what failed or was left out is there to be read.
 */
import assert from 'node:assert/strict';
import { loadPlan } from '../../plan';
import { applySchedules, describeSchedule, type Change } from '../../scripts/lib/schedules/apply';
import { scheduleRows } from '../../scripts/lib/schedules/list';
import { wantedSchedules, type WantedSchedule } from '../../scripts/lib/schedules/wanted';
import { controlQueue, starterId, starterType } from '../../workflows/contracts/names';
import type { Scheduled } from '../../workflows/contracts/scheduled';
import { replaced, strike } from '../support/control-plane';
import type { RunView } from '../../workflows/contracts/run-view';
import { containerOf, docker, inContainer } from '../support/docker';
import { withPlan } from '../support/plan-file';
import { dr, json } from '../support/program';
import { failureOf, resultOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

const why = ['--reason', 'test', '--by', 'tester'];
interface Applied {
  drift: boolean;
  changes: Change[];
}

describe('by the clock', function () {
  this.timeout(150_000);
  let shandi: Shandi;
  // Before what is still open is ended: a schedule would begin anew.
  afterEach(async () => {
    for await (const { scheduleId } of shandi.client.schedule.list())
      await shandi.client.schedule.getHandle(scheduleId).delete();
  });
  useShandi((opened) => (shandi = opened));

  const states = (applied: Applied): string[] => [...new Set(applied.changes.map((one) => one.state))].sort();

  /** The plan's backup of Redis, every other second. */
  const often = async (name: string): Promise<WantedSchedule> => {
    const { plan } = await loadPlan(process.env['DR_PLAN'] ?? '');
    const found = wantedSchedules(plan).wanted.find((one) => one.start.procedure === 'backupRedis') as WantedSchedule;
    const spec = { intervals: [{ every: 2_000 }] };
    return { ...found, name, id: `dr.${name}`, spec, start: { ...found.start, schedule: name } };
  };
  const apply = (wanted: WantedSchedule): Promise<Change[]> =>
    applySchedules(shandi.client, [wanted], { planHash: 'a'.repeat(64) });

  it('what the plan asks for is made once, drift is shown and mended, what is paused stays so', async () => {
    assert.deepEqual(states(await json<Applied>(3, 'schedule', 'apply', '--dry-run')), ['missing']);
    assert.deepEqual(states(await json<Applied>(0, 'schedule', 'apply')), ['created']);
    assert.deepEqual(states(await json<Applied>(0, 'schedule', 'apply', '--dry-run')), ['equal']);
    assert.deepEqual(states(await json<Applied>(0, 'schedule', 'apply')), ['equal']);

    assert.equal((await dr('schedule', 'pause', 'monthly-restore-test', ...why)).code, 0);
    const handle = shandi.client.schedule.getHandle('dr.monthly-restore-test');
    await handle.update((found) => ({ ...found, spec: { cronExpressions: ['0 6 1 * *'] } }));
    const drifted = await json<Applied>(3, 'schedule', 'apply', '--dry-run');
    const one = drifted.changes.find(({ name }) => name === 'monthly-restore-test');
    assert.equal(one?.state, 'differs');
    assert.match(one?.differences.join() ?? '', /^times: wanted 0 0 5 1 .*there is 0 0 6 1 /);
    assert.deepEqual(states(await json<Applied>(0, 'schedule', 'apply')), ['equal', 'updated']);
    const after = await handle.describe();
    assert.ok(after.state.paused);
    assert.match(after.state.note ?? '', /test \(tester\)/);

    await apply(await often('not-in-the-plan'));
    await shandi.eventually('the list shows it', async () => {
      const { changes } = await json<Applied>(3, 'schedule', 'apply', '--dry-run').catch(() => ({ changes: [] }));
      return changes.some((other) => other.state === 'not-in-plan') ? true : undefined;
    });
    await json<Applied>(0, 'schedule', 'apply', '--prune');
    assert.equal(await describeSchedule(shandi.client, 'dr.not-in-the-plan'), undefined);
    assert.equal((await dr('schedule', 'trigger', 'never-heard-of')).code, 2);
  });

  it('it fires; while one still runs the next is left out, and what meets the lock says so', async () => {
    const redis = docker.getContainer(containerOf('redis'));
    const wanted = await often('every-2s');
    await apply(wanted);
    const row = async () => (await scheduleRows(shandi.client, [wanted.id]))[0];
    const first = await shandi.eventually('one has ended', async () => {
      const { last } = (await row()) ?? {};
      return last?.outcome === 'completed' ? last : undefined;
    });
    assert.match(first.says ?? '', /ended, verdict none/);
    await redis.pause();
    try {
      // One that is held keeps the lock: a backup that takes longer than the pause between two firings may have had one left out before.
      const backup = shandi.client.workflow.getHandle('backup.store.redis');
      await shandi.eventually('a backup is held', async () => {
        const view = await backup.query<RunView>('run').catch(() => undefined);
        return view?.state === 'held' ? true : undefined;
      });
      const before = (await row())?.skippedOverlap ?? 0;
      await shandi.eventually(
        'one was left out',
        async () => ((await row())?.skippedOverlap ?? 0) > before || undefined,
      );
      // By hand, beside the one that still runs.
      assert.equal((await dr('schedule', 'trigger', 'every-2s')).code, 0);
      const skipped = await shandi.eventually('the one by hand met the lock', async () => {
        const { last } = (await row()) ?? {};
        return last?.outcome === 'skipped' ? last : undefined;
      });
      assert.match(skipped.says ?? '', /another run has the lock backup\.store\.redis/);
    } finally {
      await redis.unpause();
    }
  });

  it('the control worker is killed again and again: each firing is one run, and none is lost or doubled', async () => {
    const began = new Date().toISOString();
    const wanted = await often('through-a-crash');
    await apply(wanted);
    const taken = async (): Promise<number> =>
      (await describeSchedule(shandi.client, wanted.id))?.info.numActionsTaken ?? 0;
    for (const enough of [2, 4]) {
      await shandi.eventually(`${enough} have been started`, async () => (await taken()) >= enough || undefined);
      await replaced('control', strike('control', 'SIGKILL'));
    }
    await shandi.eventually('more have been started', async () => (await taken()) >= 6 || undefined);
    const schedule = shandi.client.schedule.getHandle(wanted.id);
    await schedule.pause('test');
    const started = await shandi.eventually('all have ended', async () => {
      const { info } = await schedule.describe();
      return info.runningActions.length === 0 ? info.numActionsTaken : undefined;
    });
    const runs = async (type: string): Promise<string[]> => {
      const ids: string[] = [];
      const query = `WorkflowType = '${type}' AND StartTime >= '${began}'`;
      for await (const run of shandi.client.workflow.list({ query })) ids.push(run.workflowId);
      return ids;
    };
    const starters = await shandi.eventually('the list shows them', async () => {
      const found = (await runs(starterType)).filter((id) => id.startsWith(starterId(wanted.name)));
      return found.length >= started ? found : undefined;
    });
    assert.equal(new Set(starters).size, started, 'one starter per firing');
    const said = await Promise.all(
      starters.map(async (id) => (await shandi.client.workflow.getHandle(id).result()) as Scheduled),
    );
    assert.ok(
      said.every((one) => one.outcome === 'completed'),
      JSON.stringify(said),
    );
    await shandi.eventually('one backup per firing', async () =>
      (await runs('backupRedis')).length >= started ? true : undefined,
    );
    assert.equal((await runs('backupRedis')).length, started);
  });

  it('the newest full backup was removed by hand: an incremental one cannot be made, so a full one is', async () => {
    await shandi.mark();
    const take = (...more: string[]) => json<unknown>(0, 'backup', 'database', 'shandi', ...more, ...why);
    await take('--kind', 'full');
    const newest = (await info()).at(-1)?.label ?? '';
    assert.match(newest, /F$/);
    await inContainer(containerOf('postgres'), ['pgbackrest', '--stanza=main', `--set=${newest}`, 'expire']);
    await take('--kind', 'incremental');
    const made = (await info()).at(-1);
    assert.equal(made?.type, 'full');
    assert.ok(made.label > newest);
  });

  it('an incremental backup is one: it refers to a full one, and holds what changed', async () => {
    await shandi.mark();
    const before = await info();
    const ran = await json<{ view: { state: string } }>(
      0,
      'backup',
      'database',
      'shandi',
      '--kind',
      'incremental',
      ...why,
    );
    assert.equal(ran.view.state, 'completed');
    const after = await info();
    const made = after.filter((one) => !before.some((other) => other.label === one.label));
    assert.equal(made.length, 1, 'one was made, and none removed');
    assert.equal(after.length, before.length + 1);
    const [one] = made;
    assert.match(one?.label ?? '', /^\d{8}-\d{6}F_\d{8}-\d{6}I$/);
    assert.equal(one?.type, 'incr');
    const full = one?.reference?.find((label) => /F$/.test(label));
    assert.ok(full !== undefined && before.some((other) => other.label === full), 'it refers to a full one');
    assert.ok((one?.info.delta ?? 0) < (one?.info.size ?? 0), 'it copied less than everything');
  });

  it('a restore test passes on a moment it drew; a row that must not be there fails it; both leave nothing', async () => {
    await shandi.mark();
    await shandi.archiveNow();
    const before = await shandi.footprint();
    const test = (input: Record<string, unknown>) =>
      shandi.client.workflow.start('restoreTest', {
        taskQueue: controlQueue,
        workflowId: 'test.database.shandi',
        args: [{ database: 'shandi', reason: 'test', by: 'tester', ...input }],
      });
    const { view, result } = await resultOf(await test({}));
    assert.equal(view.verdict, 'met', JSON.stringify(result['criteria']));
    assert.match(JSON.stringify(result['criteria']), /Business query users.*RTO of tier P1/);
    assert.deepEqual(await shandi.footprint(), before);

    const query = { name: 'no-bad-mark', sql: `SELECT count(*) FROM marks WHERE name = 'bad'`, expect: { max: 0 } };
    await withPlan(
      (plan) => ({
        ...plan,
        databases: plan.databases.map((one) => ({ ...one, businessQueries: [...one.businessQueries, query] })),
      }),
      async () => {
        await resultOf(await test({ point: 'latest' }));
        await shandi.sql(`INSERT INTO marks VALUES ('bad')`);
        try {
          const failure = await failureOf(await test({ point: 'latest' }));
          assert.equal(failure.code, 'DR-TEST-FAILED');
          assert.match(failure.message, /Business query no-bad-mark: 1, expected at most 0/);
        } finally {
          await shandi.sql(`DELETE FROM marks WHERE name = 'bad'`);
        }
      },
    );
    assert.deepEqual(await shandi.footprint(), before);
  });
});

interface Listed {
  label: string;
  type: string;
  reference: string[] | null;
  info: { size: number; delta: number };
}

/** What the repository lists, by pgBackRest's own word. */
async function info(): Promise<Listed[]> {
  const text = await inContainer(containerOf('postgres'), ['pgbackrest', '--stanza=main', '--output=json', 'info']);
  const [stanza] = JSON.parse(text) as { backup: Listed[] }[];
  return stanza?.backup ?? [];
}
