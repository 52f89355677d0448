/**
 * Something is wrong. Who decides what begins, what becomes of the incident when that fails, who is told when, and how it ends:
 * a real Temporal server, real procedures, a site of fakes.
 */
import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Plan } from '../../plan';
import { checklistQuery } from '../../workflows/contracts/checklist';
import { incidentQuery, type IncidentView } from '../../workflows/contracts/incident';
import { controlQueue } from '../../workflows/contracts/names';
import type { RunView } from '../../workflows/contracts/run-view';
import { releaseSignal } from '../../workflows/contracts/messages';
import { killOrderService } from '../support/fake-incident';
import { loseSite } from '../support/fake-lost-site';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { configured, usePlan, withChannels } from '../support/people-plan';
import { approve, failureOf, openCard, resultOf, seen, until, untilChildWaits } from '../support/runs';

const sites = ['primary', 'backup'];
const word = { by: 'on-call', reason: 'test' };

describe('an incident', function () {
  this.timeout(60_000);
  let house: House;
  let site: FakeSite;
  let restore: (() => void) | undefined;
  before(async () => (house = await House.open()));
  after(() => house.close());
  beforeEach(() => {
    site = new FakeSite();
    killOrderService(site);
  });
  afterEach(() => {
    restore?.();
    restore = undefined;
  });

  const open = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('incidentResponse', {
      taskQueue: controlQueue,
      workflowId: 'incident.inc-1',
      args: [{ incident: 'inc-1', reason: 'orders are refused', by: 'tester', ...input }],
    });
  const view = (handle: WorkflowHandleWithFirstExecutionRunId): Promise<IncidentView> => handle.query(incidentQuery);
  /** Waits until the incident is in a state. */
  const inState = async (
    handle: WorkflowHandleWithFirstExecutionRunId,
    state: IncidentView['state'],
  ): Promise<IncidentView> => {
    await seen(handle, ({ facts }) =>
      facts.some(({ title, facts: all }) => title === 'Incident' && all.some((one) => one.value === state)),
    );
    return view(handle);
  };
  const say = (handle: WorkflowHandleWithFirstExecutionRunId, name: string, message: object): Promise<unknown> =>
    handle.executeUpdate(name, { args: [message] });
  const ending = async (handle: WorkflowHandleWithFirstExecutionRunId): Promise<IncidentView> => {
    await say(handle, 'declare', word);
    await inState(handle, 'reviewing');
    await say(handle, 'review', { by: 'on-call', findings: 'the limit was too low; it is raised' });
    return (await resultOf(handle)).result as unknown as IncidentView;
  };
  const refusal = async (act: Promise<unknown>): Promise<string> =>
    act.then(
      () => assert.fail('it was taken'),
      (error: unknown) => ((error as Error).cause as Error).message,
    );
  const titles = (run: RunView): string[] => run.timeline.map((one) => one.text);
  const quickly = (communications: Plan['communications'], change: (plan: Plan) => Plan = (plan) => plan) =>
    usePlan((plan) => change({ ...withChannels(configured)(plan), communications }));

  it('a service that takes orders is killed: begins by itself, is verified, declared by a person, reviewed', () =>
    house.with(
      site,
      async () => {
        const handle = await open();
        const recovered = await inState(handle, 'recovered');
        assert.equal(recovered.scenario, 'service-outage');
        assert.equal(recovered.severity, 'sev1');
        assert.deepEqual(
          recovered.runs.map(({ workflowId, ended }) => [workflowId, ended]),
          [['recover.service.order-service', 'ended, verdict met']],
        );
        assert.match(
          await refusal(say(handle, 'review', { by: 'x', findings: 'y' })),
          /reviewed when it was declared over/,
        );
        await say(handle, 'declare', word);
        await inState(handle, 'reviewing');
        const lesson = { lesson: 'alert at 80 %', owner: 'Nobody', due: '2026-12-15' };
        const given = { by: 'on-call', findings: 'the limit was too low; it is raised' };
        assert.match(
          await refusal(say(handle, 'review', { ...given, lessons: [lesson] })),
          /owner of a lesson is "Nobody", the plan has the roles: Primary On-Call/,
        );
        const lessons = [{ ...lesson, owner: 'DevOps Team' }];
        await say(handle, 'review', { ...given, lessons });
        const closed = (await resultOf(handle)).result as unknown as IncidentView;
        assert.deepEqual(closed.review?.lessons, lessons);
        assert.equal(closed.declared?.by, 'on-call');
        assert.match(closed.review?.findings ?? '', /limit was too low/);
        const { view: run } = await resultOf(handle);
        assert.equal(run.verdict, 'met');
        assert.equal(run.gates[0]?.answer?.via, 'policy');
        assert.equal(site.count('restartService'), 1);
      },
      sites,
    ));

  it('asked for, a person chooses: the card has every scenario, and the proposal is approved', () =>
    house.with(
      site,
      async () => {
        const handle = await open({ ask: true, tell: false });
        const run = await until(handle, 'waiting-approval');
        const { card } = run.gates[0] ?? assert.fail();
        assert.equal(card.title, 'It looks like: Service outage');
        assert.equal(card.tables[0]?.rows.length, 7);
        assert.match(card.onExpiry, /opens again/);
        assert.equal(site.count('restartService'), 0, 'nothing has begun');
        await approve(handle);
        await inState(handle, 'recovered');
        await ending(handle);
      },
      sites,
    ));

  it('another scenario is chosen at the card, by the word or by retarget; one that the plan has not is refused', () =>
    house.with(
      site,
      async () => {
        const handle = await open({ ask: true, tell: false });
        await until(handle, 'waiting-approval');
        assert.match(
          await refusal(say(handle, 'choose', { scenario: 'flood', ...word })),
          /scenario is "flood", the plan has: data/,
        );
        assert.match(await refusal(say(handle, 'retarget', { target: 'flood', ...word })), /the plan has/);
        await say(handle, 'choose', { scenario: 'none', ...word });
        await inState(handle, 'by-hand');
        assert.equal(site.count('restartService'), 0);
        // It is something else after all: said later, and no card is needed.
        await say(handle, 'choose', { scenario: 'service-outage', ...word });
        await inState(handle, 'recovered');
        const closed = await ending(handle);
        assert.equal(closed.scenario, 'service-outage');
      },
      sites,
    ));

  it('what was started fails: the incident is open, the card says why, and the next try helps', () =>
    house.with(
      site,
      async () => {
        site.service.helps = [];
        const handle = await open({ tell: false });
        // The recovery of the service asks for the next measure: the incident names it and waits.
        const [waits] = await untilChildWaits(handle);
        assert.equal(waits?.workflowId, 'recover.service.order-service');
        assert.match(await refusal(say(handle, 'declare', word)), /recover\.service\.order-service is at work/);
        const child = house.client.workflow.getHandle('recover.service.order-service');
        await child.executeUpdate('abort', { args: [word] });
        const run = await until(handle, 'waiting-approval');
        const card = run.gates.at(-1)?.card;
        assert.match(card?.facts.find((one) => one.label === 'Tried before')?.value ?? '', /aborted by on-call/);
        assert.equal(run.gates.at(-1)?.answer, undefined, 'nothing begins by itself a second time');
        site.service.helps = ['restart', 'recreate'];
        site.service.container = { running: false, exitCode: 137 };
        killOrderService(site);
        await approve(handle, openCard(run));
        await inState(handle, 'recovered');
        const closed = await ending(handle);
        assert.equal(closed.runs.length, 2);
      },
      sites,
    ));

  it('nobody answers the card: the incident stays open, looks again, and asks again', () =>
    house.with(
      site,
      async () => {
        const handle = await open({ ask: true, tell: false, approvalTimeoutMs: 300 });
        const run = await seen(handle, ({ gates }) => gates.filter((one) => one.state === 'expired').length >= 2);
        assert.equal(run.state === 'waiting-approval' || run.state === 'running', true);
        await seen(handle, ({ gates }) => gates.some((one) => one.state === 'open'));
        await say(handle, 'declare', word);
        await inState(handle, 'reviewing');
      },
      sites,
    ));

  it('it came back by itself: declared over while the card is open', () =>
    house.with(
      site,
      async () => {
        const handle = await open({ ask: true, tell: false });
        await until(handle, 'waiting-approval');
        site.system.services.clear();
        await ending(handle);
        const { view: run } = await resultOf(handle);
        assert.equal(run.gates[0]?.state, 'void');
        assert.deepEqual(run.problems, []);
      },
      sites,
    ));

  it('declared over although something does not work: taken, and written down', () =>
    house.with(
      site,
      async () => {
        const handle = await open({ scenario: 'none', tell: false });
        await inState(handle, 'by-hand');
        await ending(handle);
        const { view: run } = await resultOf(handle);
        assert.match(
          run.problems[0]?.message ?? '',
          /declared over by on-call, although order-service \(P1\) does not work/,
        );
      },
      sites,
    ));

  it('rejected: it was no incident, and people are told so', () =>
    house.with(
      site,
      async () => {
        restore = await usePlan(withChannels(configured));
        const handle = await open({ ask: true });
        const card = openCard(await until(handle, 'waiting-approval'));
        await say(handle, 'reject', { card, ...word });
        assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
        await told('it was no incident');
      },
      sites,
    ));

  it('a site that does not answer is an answer: the data centre is proposed, and a failover of the site is begun', () =>
    house.with(site, async () => {
      site.failures.set('inspectResources', [site.failure('DR-ENGINE', 'the engine does not answer')]);
      site.failures.set('inspectProject', [site.failure('DR-ENGINE', 'the engine does not answer')]);
      const handle = await open({ tell: false });
      const run = await until(handle, 'waiting-approval');
      const rows = run.gates[0]?.card.tables[0]?.rows ?? [];
      assert.equal(rows[0]?.[0], 'data-center-failure');
      await approve(handle);
      await seen(handle, ({ steps }) =>
        steps.some(({ kind, title }) => kind === 'child' && /siteFailover/.test(title)),
      );
      const started = house.client.workflow.getHandle('recover.system');
      assert.equal((await started.describe()).type, 'siteFailover');
    }, ['primary']));

  /** Waits until something with these words was sent, by default an e-mail. */
  const told = async (
    words: string,
    channel: 'sendEmail' | 'postSlack' = 'sendEmail',
    field = 'subject',
  ): Promise<string> => {
    for (let tries = 0; tries < 300; tries += 1) {
      const found = site.people
        .by(channel, field)
        .map(String)
        .find((one) => one.includes(words));
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return assert.fail(`nobody was told "${words}": ${site.people.by('sendEmail', 'subject').join('; ')}`);
  };

  it('an update is due and nobody gives it: on-call is reminded, and the recovery goes on; one that is given moves the next', () =>
    house.with(
      site,
      async () => {
        restore = await quickly(
          [{ phase: 'immediate', title: 'Immediate', from: 0, to: 700, actions: ['tell'] }],
          (plan) => ({
            ...plan,
            incidents: {
              ...plan.incidents,
              severities: plan.incidents.severities.map((one) => ({
                ...one,
                callOnCall: false,
                updateEvery: 3_600_000,
              })),
            },
          }),
        );
        const handle = await open({ ask: true });
        const run = await seen(handle, (all) =>
          titles(all).some((one) => /was not given: on-call is reminded/.test(one)),
        );
        assert.equal(run.state, 'waiting-approval', 'it held nothing up');
        await told('the update due by', 'postSlack', 'text');
        assert.equal((await view(handle)).missedUpdates, 1);
        const before = Date.parse((await view(handle)).nextUpdateBy ?? '');
        await say(handle, 'tellUpdate', { message: 'Orders are taken by phone.', by: 'on-call' });
        await told('Orders are taken by phone.');
        const after = await view(handle);
        assert.ok(Date.parse(after.nextUpdateBy ?? '') > before, 'the next one is due later');
        assert.equal(after.updates.at(-1)?.by, 'on-call');
      },
      sites,
    ));

  it('every message says by when the next one comes, the status page goes its way, and the checklist has what people do by hand', () =>
    house.with(
      site,
      async () => {
        restore = await usePlan(withChannels(configured));
        const handle = await open();
        await inState(handle, 'recovered');
        await told('everything works again');
        const texts = site.people.by('sendEmail', 'text').map(String);
        const opened = texts.find((one) => one.includes('was opened'));
        assert.match(opened ?? '', /order-service \(P1\) does not work[^]*Next update by: \d\d:\d\d UTC/);
        const list = house.client.workflow.getHandle('checklist.inc-1');
        const { phases } = await list.query(checklistQuery);
        assert.deepEqual(
          phases.at(-1)?.items.map((one) => one.text),
          [
            'Order processing: begin "Manual order entry system"',
            'Order processing: end it, and enter what was taken by hand',
            'Customer support: begin "Phone-based support"',
            'Customer support: end it, and enter what was taken by hand',
          ],
        );
        await list.executeUpdate('tick', { args: [{ item: '5.1', by: 'Management' }] });
        await ending(handle);
        await seen(handle, (run) => run.state === 'completed');
        const states = (): string[] =>
          (site.given.get('updateStatusPage') ?? []).map((one) => (one['update'] as { state: string }).state);
        for (let tries = 0; tries < 100 && states().length < 5; tries += 1)
          await new Promise((resolve) => setTimeout(resolve, 50));
        assert.deepEqual(states().sort(), ['identified', 'investigating', 'monitoring', 'postmortem', 'resolved']);
      },
      sites,
    ));

  it('every channel hangs: nothing waits for it', () =>
    house.with(
      site,
      async () => {
        restore = await usePlan(withChannels(configured));
        for (const channel of ['sendEmail', 'sendSms', 'postSlack', 'callWebhook'] as const)
          site.people.hanging.add(channel);
        site.failures.set(
          'updateStatusPage',
          Array.from({ length: 20 }, () => site.failure('DR-STATUS-PAGE', 'read-only')),
        );
        const handle = await open();
        await inState(handle, 'recovered');
        await ending(handle);
      },
      sites,
    ));

  it('the plan may declare it over by itself, where everything was verified', () =>
    house.with(
      site,
      async () => {
        restore = await usePlan((plan) => ({ ...plan, incidents: { ...plan.incidents, declareAutomatically: true } }));
        const handle = await open({ tell: false });
        const { declared } = await inState(handle, 'reviewing');
        assert.equal(declared?.by, 'policy');
      },
      sites,
    ));

  it('the review is overdue: said once, and still taken', () =>
    house.with(
      site,
      async () => {
        restore = await usePlan((plan) => ({
          ...withChannels(configured)(plan),
          incidents: { ...plan.incidents, declareAutomatically: true, reviewWithin: 300 },
        }));
        const handle = await open();
        await told('its review is overdue');
        await say(handle, 'review', { by: 'on-call', findings: 'late, and done' });
        await resultOf(handle);
      },
      sites,
    ));

  it('what the input names is not in the plan: refused, every fault at once', () =>
    house.with(
      site,
      async () => {
        const handle = await open({ scenario: 'flood', severity: 'sev9', suspects: ['bar'] });
        const { message } = await failureOf(handle);
        assert.match(message, /scenario is "flood"[^]*severity is "sev9"[^]*suspects name "bar"/);
      },
      sites,
    ));

  it('the site is lost and the other one has taken over: that one is looked at, and it helped', () => {
    loseSite(site);
    site.system.services.clear();
    // Nothing of the primary site comes back: it was lost, and is stopped for good when it does.
    const atPrimary = (given: unknown): boolean => (given as { site: { name: string } }).site.name === 'primary';
    const { inspectProject } = site.system.answers();
    site.answer('inspectProject', (given) => {
      if (atPrimary(given)) throw site.failure('DR-ENGINE', 'the engine of site primary does not answer');
      return inspectProject(given as Parameters<typeof inspectProject>[0]);
    });
    site.answer('askDependency', (given) =>
      atPrimary(given) ? { healthy: false, says: 'ECONNREFUSED' } : { healthy: true, says: 'it answers' },
    );
    site.answer('askGateway', (given) =>
      atPrimary(given) ? { healthy: false, says: 'ECONNREFUSED' } : { healthy: true, status: 200, says: 'status 200' },
    );
    return house.with(
      site,
      async () => {
        const handle = await open({ scenario: 'data-center-failure', tell: false });
        const failover = house.client.workflow.getHandle('recover.system');
        for (const name of ['site-failover', 'unproven-fence', 'traffic']) {
          const run = await seen(failover, ({ gates }) =>
            gates.some((one) => one.name === name && one.state === 'open'),
          );
          await approve(failover, openCard(run));
        }
        const recovered = await inState(handle, 'recovered');
        assert.deepEqual(recovered.affected, []);
        await ending(handle);
        const held = house.client.workflow.getHandle('recover.database.shandi');
        await held.signal(releaseSignal, { by: 'tester', reason: 'the test is over' });
        await held.result();
      },
      sites,
    );
  });

  it('a breach: whoever opens it names the service, its isolation is a run of its own that asks, and is lifted', () =>
    house.with(
      site,
      async () => {
        site.system.services.clear();
        const handle = await open({ suspects: ['content-service'], tell: false });
        const run = await until(handle, 'waiting-approval');
        assert.equal(run.gates[0]?.card.tables[0]?.rows[0]?.[0], 'security-breach');
        await approve(handle);
        const [waits] = await untilChildWaits(handle);
        assert.equal(waits?.workflowId, 'recover.service.content-service');
        const isolation = house.client.workflow.getHandle('recover.service.content-service');
        assert.equal(site.incident.frozen, false, 'nothing is frozen before somebody says so');
        await approve(isolation);
        await seen(isolation, (all) => all.task !== undefined);
        assert.equal(site.incident.frozen, true);
        await isolation.executeUpdate('lift', { args: [word] });
        await inState(handle, 'recovered');
        const closed = await ending(handle);
        assert.equal(closed.scenario, 'security-breach');
      },
      sites,
    ));

  it('a breach, and the isolation stands for days: another scenario is answered, and the incident is declared over', () =>
    house.with(
      site,
      async () => {
        const handle = await open({ scenario: 'security-breach', suspects: ['content-service'], tell: false });
        const isolation = house.client.workflow.getHandle('recover.service.content-service');
        await untilChildWaits(handle);
        assert.match(await refusal(say(handle, 'declare', word)), /recover.service.content-service is at work/);
        site.system.services.set('content-service', { state: 'paused' });
        await approve(isolation);
        const standing = await inState(handle, 'by-hand');
        assert.deepEqual(standing.runs, [
          {
            workflowId: 'recover.service.content-service',
            procedure: 'isolateService',
            stands: { service: 'content-service' },
          },
        ]);
        const { task, facts } = await seen(handle, (all) => all.task !== undefined);
        assert.match(task?.text ?? '', /isolated until somebody lifts it: content-service/);
        assert.match(JSON.stringify(facts), /isolated; lifted by .\/dr lift content-service/);

        // The order service is down besides: it is recovered, and what is isolated is left alone.
        await say(handle, 'choose', { scenario: 'service-outage', ...word });
        await seen(handle, () => site.count('restartService') === 1);
        await seen(handle, ({ facts: all }) => /recover.service.order-service.*verdict/.test(JSON.stringify(all)));
        await inState(handle, 'by-hand');
        const closed = await ending(handle);
        assert.deepEqual(closed.affected, ['content-service']);
        const { view: run } = await resultOf(handle);
        assert.match(JSON.stringify(run.problems), /stands until it is lifted: .\/dr lift content-service/);
        assert.equal(site.incident.frozen, true, 'the end of the incident lifts nothing');
        await isolation.executeUpdate('lift', { args: [word] });
        await resultOf(isolation);
      },
      sites,
    ));
});
