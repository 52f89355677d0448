import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Observation } from '../../activities/guard';
import type { ProbeAnswer, Round } from '../../workflows/contracts/guard';
import type { RunView } from '../../workflows/contracts/run-view';
import type { ProcedureName } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { House, lockOf } from '../support/house';
import { failureOf, openCard, story, until } from '../support/runs';

const startedAt = '2026-11-22T17:00:00.000Z';
const running = { exists: true, running: true, paused: false, exitCode: 0, oomKilled: false, restartPolicy: 'always' };

type Answers = Partial<Record<ProbeAnswer['probe'], ProbeAnswer['answer']>>;
const round = (answers: Answers, rest: Partial<Round> = {}): Round => ({
  observer: 'primary',
  startedAt,
  answers: Object.entries(answers).map(([probe, answer]) => ({
    probe: probe as ProbeAnswer['probe'],
    answer,
    says: `${probe} says ${answer}`,
    tookMs: 1,
  })),
  container: running,
  ...rest,
});
const well = round({ direct: 'ok', 'client-path': 'ok', standby: 'ok', engine: 'ok' });
const exited = round({ engine: 'ok' }, { container: { ...running, running: false, exitCode: 137 } });
const hung = round({ direct: 'silent', 'client-path': 'silent', standby: 'silent', engine: 'ok' });
/** No write gets through, but somebody writes: the standby receives. */
const puzzling = round({ direct: 'silent', 'client-path': 'silent', standby: 'ok', engine: 'ok' });
const noPooler = round({ direct: 'ok', 'client-path': 'refused', standby: 'ok', engine: 'ok' });

const look = (seen: Round, says = 'it is not as it should be'): Observation => ({ by: 'look', says, round: seen });
const died: Observation = { by: 'event', says: 'the engine reports "die"', round: exited };
const peace: Observation = { by: 'peace', says: 'everything is as it should be', round: well };

describe('guard: what it does about what it sees, and what people tell it', function () {
  this.timeout(90_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const word = { by: 'on-call', reason: 'test' };
  const say = (handle: WorkflowHandle, name: string, message: unknown): Promise<unknown> =>
    handle.executeUpdate(name, { args: [message] });
  const view = (handle: WorkflowHandle): Promise<RunView> => handle.query<RunView>('run');
  const told = (now: RunView): string => now.timeline.map((one) => one.text).join('\n');
  /** Waits until the guard's view is as wanted. */
  const sees = async (handle: WorkflowHandle, what: string, wanted: (now: RunView) => boolean): Promise<RunView> => {
    let now = await view(handle);
    for (const end = Date.now() + 30_000; !wanted(now); now = await view(handle)) {
      if (Date.now() > end) assert.fail(`not seen: ${what}; the guard is ${now.state}\n${story(now)}`);
      await sleep(30);
    }
    return now;
  };

  /** A guard over the fake site, ended when the test is over. */
  const guarded = (
    site: FakeSite,
    act: (handle: WorkflowHandle) => Promise<void>,
    input: Record<string, unknown> = {},
  ): Promise<void> =>
    house.with(site, async () => {
      const handle = await house.start('guardDatabase', input);
      await sees(handle, 'it watches', () => site.count('observeDatabase') > 0);
      await act(handle);
      await say(handle, 'abort', word);
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
    }, ['primary', 'backup']);
  /** The run that the guard has started, once it is under way; the same id had others before. */
  const child = async (procedure: ProcedureName): Promise<WorkflowHandle> => {
    const id = lockOf(procedure);
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(30)) {
      const found = await house.client.workflow
        .getHandle(id)
        .describe()
        .catch(() => undefined);
      if (found?.type === procedure && found.status.name === 'RUNNING')
        return house.client.workflow.getHandle(id, found.runId);
    }
    return assert.fail(`no run of ${procedure} was started`);
  };
  /** A word begins the watch anew: what is seen after it is for the new one. */
  const watchesAnew = async (site: FakeSite, handle: WorkflowHandle, speak: () => Promise<unknown>): Promise<void> => {
    const before = site.count('observeDatabase');
    await speak();
    await sees(handle, 'it watches anew', () => site.count('observeDatabase') >= before + 2);
  };

  it('watches from every site, and says how everything is', async () => {
    const site = new FakeSite();
    await guarded(site, async (handle) => {
      await sees(handle, 'both sites watch', () => site.count('observeDatabase') >= 2);
      const asked = (site.given.get('observeDatabase') ?? []).map((one) => [
        one['observer'],
        one['beside'],
        one['pooler'],
      ]);
      assert.deepEqual(asked.slice(0, 2).sort(), [
        ['backup', false, false],
        ['primary', true, true],
      ]);
      const now = await view(handle);
      assert.equal(now.state, 'watching');
      assert.match(JSON.stringify(now.facts), /postgres at 0\/6000000, timeline 1.*streaming, has 0\/6000000/);
      await assert.rejects(house.start('guardDatabase'), /already started/);
    });
  });

  it('the primary died: failed over by policy on the first word, the old one rebuilt, and it watches on', async () => {
    const site = new FakeSite();
    await guarded(site, async (handle) => {
      site.servers.set('postgres', { answered: false, problem: 'its container is not running (exit code 137)' });
      site.observations.push(died);
      const now = await sees(handle, 'it has the old one rebuilt', (one) =>
        /Start reprotectDatabase: started recover\.database\.shandi/.test(told(one)),
      );
      assert.match(told(now), /seen from primary: the engine reports "die"/);
      assert.match(told(now), /Start databaseFailover: ended, verdict met/);
      assert.equal(site.count('lookRound'), 0, 'a death needs no rounds');
      assert.equal(site.primary, 'postgres-standby');
      // It watches meanwhile: a rebuild may copy for hours, or wait for a person.
      await sees(handle, 'it says what is missing', (one) => /until it is rebuilt/.test(one.waitingFor ?? ''));
      await sees(handle, 'the old one is rebuilt', () => site.count('rewindStandby') > 0);
      site.observations.push(look(well));
      await sees(handle, 'it watches', (one) => one.state === 'watching');
    });
  });

  it('the primary hangs: as many rounds as the plan asks, from every site, then failed over', async () => {
    const site = new FakeSite();
    site.round = hung;
    await guarded(site, async (handle) => {
      site.servers.set('postgres', { answered: false, problem: 'no answer' });
      site.observations.push(look(hung));
      await sees(handle, 'it was failed over', (one) => /Start databaseFailover: ended/.test(told(one)));
      assert.equal(site.count('lookRound'), 4, 'two more rounds of two sites');
    });
  });

  it('a hang that ends before the last round: nothing is done', async () => {
    const site = new FakeSite();
    site.answer('lookRound', (args) => ({
      ...(site.count('lookRound') > 2 ? well : hung),
      observer: (args as { observer: string }).observer,
    }));
    await guarded(site, async (handle) => {
      site.observations.push(look(hung));
      await sees(handle, 'it looked', () => site.count('lookRound') >= 4);
      await sees(handle, 'it watches', (one) => one.state === 'watching');
      assert.doesNotMatch(told(await view(handle)), /Start databaseFailover/);
    });
  });

  it('soon after the last failover: the next one is for a person; rejected, it is not proposed again', async () => {
    const site = new FakeSite();
    await guarded(
      site,
      async (handle) => {
        site.servers.set('postgres', { answered: false, problem: 'gone' });
        site.observations.push(died);
        const failover = await child('databaseFailover');
        const waiting = await until(failover, 'waiting-approval');
        assert.match(waiting.gates[0]?.card.warnings[0] ?? '', /left the decision to a person/);
        await say(failover, 'reject', { card: openCard(waiting), ...word });
        const alarm = await sees(handle, 'it calls a person', (one) => one.state === 'alarm');
        assert.match(alarm.waitingFor ?? '', /failover did not succeed: rejected by on-call/);
        // Another alarm in between does not make it forget that a person has said no.
        site.round = puzzling;
        for (const next of [died, look(puzzling), died]) {
          const count = told(await view(handle)).split('seen from').length;
          site.observations.push(next);
          await sees(handle, 'it took it', (one) => told(one).split('seen from').length > count);
        }
        await sleep(300);
        const now = await view(handle);
        assert.match(told(now), /ALARM: the picture does not settle/);
        assert.equal(now.steps.filter((step) => step.kind === 'child').length, 1);
        assert.equal(now.state, 'alarm');
      },
      { carried: { lastFailoverAt: new Date(Date.now() - 60_000).toISOString() } },
    );
  });

  it('a failover that failed is remembered when the history is begun anew', async () => {
    const site = new FakeSite();
    const alarm = {
      verdict: 'failed',
      text: 'the primary is lost, and the failover did not succeed',
      since: startedAt,
    };
    await guarded(
      site,
      async (handle) => {
        await sees(handle, 'the alarm stands', (one) => one.state === 'alarm' && one.waitingFor === alarm.text);
        site.observations.push(died);
        await sees(handle, 'it took it', () => site.observations.length === 0);
        await sleep(300);
        assert.doesNotMatch(told(await view(handle)), /Start databaseFailover/);
      },
      { carried: { alarm, holdOff: {} } },
    );
  });

  it('somebody else works on the database: it stands back, says so, and watches on', async () => {
    const site = new FakeSite();
    await guarded(site, async (handle) => {
      const other = await house.start('databaseSwitchover');
      await until(other, 'waiting-approval');
      site.observations.push(died);
      const now = await sees(handle, 'it stands back', (one) => one.state === 'alarm');
      assert.match(now.waitingFor ?? '', /recover\.database\.shandi works on the database: standing back/);
      site.observations.push(died);
      await sees(handle, 'it took the next word', () => site.observations.length === 0);
      await sees(handle, 'the alarm still stands', (one) => one.state === 'alarm');
      await other.cancel();
      await failureOf(other);
    });
  });

  describe('an alarm', () => {
    it('of a pooler that is down stands until the clients get through, and nothing is failed over', async () => {
      const site = new FakeSite();
      await guarded(site, async (handle) => {
        site.round = noPooler;
        site.observations.push(look(noPooler));
        const now = await sees(handle, 'it calls a person', (one) => one.state === 'alarm');
        assert.match(now.waitingFor ?? '', /clients cannot reach it: look at the pooler .*client-path refused/);
        // The watch goes on without the client path; that it is at peace says nothing of it.
        await watchesAnew(site, handle, () => Promise.resolve(site.observations.push(peace)));
        assert.deepEqual(site.given.get('observeDatabase')?.at(-1)?.['known'], ['client-path']);
        assert.equal((await view(handle)).state, 'alarm');
        site.observations.push(look(well, 'client-path answers again'));
        await sees(handle, 'all is well', (one) => one.state === 'watching');
        assert.match(told(await view(handle)), /all is well again; the alarm .* had stood since/);
        assert.equal(site.count('promoteStandby'), 0);
      });
    });

    it('of a pooler is not raised when the next look gets through: somebody died, or nobody did', async () => {
      const site = new FakeSite();
      await guarded(site, async (handle) => {
        site.round = well;
        await watchesAnew(site, handle, () => Promise.resolve(site.observations.push(look(noPooler))));
        assert.doesNotMatch(told(await view(handle)), /ALARM/);
      });
    });

    it('is raised once, and keeps the moment it began, though each look words it anew', async () => {
      const site = new FakeSite();
      const told_ = (lsn: string): Observation => {
        site.round = {
          ...noPooler,
          answers: noPooler.answers.map((one) => ({ ...one, says: `${one.says} at ${lsn}` })),
        };
        return look(site.round);
      };
      await guarded(site, async (handle) => {
        site.observations.push(told_('0/1'));
        const first = await sees(handle, 'it calls a person', (one) => one.state === 'alarm');
        const since = first.timeline.find((one) => one.text.startsWith('ALARM'))?.at ?? '';
        site.observations.push(told_('0/2'));
        await sees(handle, 'the newer words', (one) => /at 0\/2/.test(one.waitingFor ?? ''));
        site.observations.push(look(well));
        const now = await sees(handle, 'all is well', (one) => one.state === 'watching');
        const end = now.timeline.find((one) => one.text.startsWith('all is well'))?.text ?? '';
        assert.ok(end.includes(`had stood since ${since}`), `${end}\n${story(now)}`);
      });
    });

    it('of an observer that is cut off does nothing on its word', async () => {
      const site = new FakeSite();
      const blind = round(
        { direct: 'silent', 'client-path': 'silent', standby: 'silent', engine: 'silent' },
        { observer: 'backup', received: [null] },
      );
      delete blind.container;
      await guarded(site, async (handle) => {
        site.observations.push(look(blind));
        const now = await sees(handle, 'it calls a person', (one) => one.state === 'alarm');
        assert.match(now.waitingFor ?? '', /observer reaches nothing at all/);
        assert.equal(site.count('promoteStandby'), 0);
      });
    });
  });

  describe('frozen', () => {
    it('does nothing about a lost primary but says so; lifted, it acts on the next look', async () => {
      const site = new FakeSite();
      await guarded(site, async (handle) => {
        await watchesAnew(site, handle, () => say(handle, 'freeze', { ...word, reason: 'storage is moved' }));
        site.servers.set('postgres', { answered: false, problem: 'gone' });
        site.observations.push(died);
        const now = await sees(handle, 'it calls a person', (one) => one.state === 'alarm');
        assert.match(
          now.waitingFor ?? '',
          /postgres is lost \(died\), and nothing is done: freeze by on-call \(storage is moved\)/,
        );
        assert.equal(now.steps.filter((step) => step.kind === 'child').length, 0);
        await watchesAnew(site, handle, () => say(handle, 'unfreeze', word));
        site.observations.push(died);
        await sees(handle, 'it was failed over', (one) => /Start databaseFailover: ended/.test(told(one)));
      });
    });

    it('in maintenance nobody is told; afterwards an alarm that still stands is told', async () => {
      const site = new FakeSite();
      await guarded(site, async (handle) => {
        await watchesAnew(site, handle, () => say(handle, 'freeze', { kind: 'maintenance', ...word }));
        site.round = noPooler;
        site.observations.push(look(noPooler));
        await sees(handle, 'it noted it', (one) => /in maintenance: the database answers, but clients/.test(told(one)));
        assert.notEqual((await view(handle)).state, 'alarm');
        await say(handle, 'unfreeze', word);
        await sees(handle, 'it calls a person now', (one) => one.state === 'alarm');
      });
    });

    it('a freeze with a time ends by itself', async () => {
      const site = new FakeSite();
      await guarded(site, async (handle) => {
        await say(handle, 'freeze', { forMs: 1_000, ...word });
        assert.match(told(await view(handle)), /freeze by on-call: test, until 20/);
        await sleep(1_100);
        await assert.rejects(say(handle, 'unfreeze', word), (error: Error) => /not frozen/.test(String(error.cause)));
      });
    });

    const bad: [string, unknown, RegExp][] = [
      ['freeze', undefined, /whole value.*nothing/],
      ['freeze', 'now', /whole value.*"now"/],
      ['freeze', {}, /by of the message "freeze" is nothing/],
      ['freeze', { ...word, kind: 'ice' }, /kind of the message "freeze" is "ice"/],
      ['freeze', { ...word, forMs: 10 }, /forMs of the message "freeze" is 10:/],
      ['freeze', { ...word, forMs: 9e15 }, /forMs of the message "freeze" is 9000000000000000:/],
      ['freeze', { ...word, forMs: '2h' }, /forMs of the message "freeze" is "2h"/],
      ['freeze', { ...word, until: 'tomorrow' }, /until/],
      ['freeze', { by: 'on-call', reason: ' ' }, /reason of the message "freeze" is " "/],
      ['unfreeze', word, /the guard is not frozen/],
      ['unfreeze', {}, /by of the message "unfreeze" is nothing/],
      ['unfreeze', { ...word, kind: 'freeze' }, /kind/],
      ['approve', { card: '000000000000', ...word }, /no gate of this run is open/],
      ['resolve', { action: 'retry', ...word }, /no step of this run is held/],
    ];
    it(`${bad.length} messages are refused with a sentence, as update and as signal, and it guards on`, async () => {
      const site = new FakeSite();
      await guarded(site, async (handle) => {
        for (const [name, message, expected] of bad) {
          const args = (message === undefined ? [] : [message]) as [unknown];
          await assert.rejects(
            handle.executeUpdate(name, { args }),
            (error: Error) => expected.test(String(error.cause)),
            `${name} ${JSON.stringify(message)}`,
          );
          await handle.signal(name, ...args);
        }
        const now = await sees(
          handle,
          'all refusals',
          (one) => one.timeline.filter(({ kind }) => kind === 'refused').length === bad.length,
        );
        const refused = now.timeline.filter((one) => one.kind === 'refused');
        bad.forEach(([, , expected], index) => assert.match(refused[index]?.text ?? '', expected));
        assert.equal(now.state, 'watching');
        await handle.signal('freeze', word);
        await sees(handle, 'a good signal', (one) => /freeze by on-call/.test(told(one)));
        await handle.signal('unfreeze', word);
        await sees(handle, 'lifted by signal', (one) => /freeze lifted by on-call/.test(told(one)));
      });
    });
  });
});
