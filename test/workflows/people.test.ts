/**
 * People are told by every channel at once, each on its own; the on-call chain goes on until somebody acknowledges. The channels
 * are fakes here: what real ones do is in people-told.test.ts.
 */
import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { exitCodes, exitOf } from '../../scripts/lib/exit-codes';
import { controlQueue, type ProcedureName } from '../../workflows/contracts/names';
import type { Delivery, Message } from '../../workflows/contracts/people';
import type { Report, RunView } from '../../workflows/contracts/run-view';
import { headline } from '../../workflows/contracts/words';
import { renderDetails } from '../../workflows/kernel/details';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { configured, usePlan, withChannels } from '../support/people-plan';
import { failureOf, resultOf, seen } from '../support/runs';

const notice = {
  incident: 'inc-1',
  template: 'incident-opened',
  severity: 'critical',
  facts: { summary: 'Orders fail' },
};
const update = { incident: 'inc-1', key: '1', state: 'investigating', message: 'We look into it.' };
const call = { incident: 'inc-1', severity: 'critical', summary: 'Orders fail' };
const stateOf = (report: Report): Record<string, string> =>
  Object.fromEntries((report.result['deliveries'] as Delivery[]).map((one) => [one.channel, one.state]));

describe('people are told', function () {
  this.timeout(60_000);
  let house: House;
  let restore: () => void;
  before(async () => (house = await House.open()));
  after(() => house.close());
  beforeEach(async () => (restore = await usePlan(withChannels(configured))));
  afterEach(() => restore());

  const start = (
    procedure: ProcedureName,
    workflowId: string,
    input: Record<string, unknown>,
  ): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start(procedure, {
      taskQueue: controlQueue,
      workflowId,
      args: [{ reason: 'test', by: 'tester', ...input }],
    });
  const notify = (input: Record<string, unknown> = {}, id = 'notify.inc-1.incident-opened') =>
    start('notifyPeople', id, { ...notice, ...input });
  const onCall = (input: Record<string, unknown> = {}) => start('callOnCall', 'oncall.inc-1', { ...call, ...input });
  const post = (input: Record<string, unknown> = {}, id = 'status.inc-1.1') =>
    start('postStatus', id, { ...update, ...input });

  it('by every channel of the plan, with one log', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await notify());
      assert.deepEqual(stateOf(report), { email: 'accepted', sms: 'accepted', slack: 'sent', webhook: 'sent' });
      assert.deepEqual(site.people.by('sendEmail', 'to'), ['emergency@theshandi.com']);
      const keys = new Set(site.people.told.flatMap(({ args }) => (args['key'] ? [args['key']] : [])));
      assert.equal(keys.size, 3, 'each delivery has a key of its own');
      assert.equal(headline(report.view).tone, 'good');
      assert.equal(exitOf(report.view), 0);
    });
  });

  it('a channel that hangs holds nobody: the others are told meanwhile', async () => {
    const site = new FakeSite();
    site.people.hanging.add('sendEmail');
    await house.with(site, async () => {
      const handle = await notify();
      const now = (view: RunView): string =>
        (view.facts.find(({ title }) => title === 'Deliveries')?.facts ?? [])
          .map(({ label, value }) => `${label.split(' ')[0]} ${value.split(',')[0]}`)
          .join('; ');
      await seen(handle, (view) => now(view) === 'email sending; sms accepted; slack sent; webhook sent');
      await handle.executeUpdate('abort', { args: [{ by: 'tester', reason: 'told by phone' }] });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
    });
  });

  it('a channel that refuses is a problem of the report; that nobody was told is one a script hears of', async () => {
    const site = new FakeSite();
    site.people.refusing.add('postSlack');
    await house.with(site, async () => {
      const report = await resultOf(await notify());
      assert.equal(stateOf(report)['slack'], 'failed');
      assert.match(JSON.stringify(report.view.problems), /DR-CHANNEL.*postSlack refused/);
      assert.equal(exitOf(report.view), 0);
      for (const channel of ['sendEmail', 'sendSms', 'callWebhook'] as const) site.people.refusing.add(channel);
      const silent = await resultOf(await notify());
      assert.match(JSON.stringify(silent.view.problems), /DR-NOBODY-TOLD/);
      assert.equal(headline(silent.view).tone, 'bad');
      assert.equal(exitOf(silent.view), exitCodes.ended.code);
    });
  });

  it('a channel without configuration is in the log, and no error', async () => {
    restore();
    restore = await usePlan(withChannels({ slackWebhook: { env: 'DR_TEST_SLACK' } }));
    await house.with(new FakeSite(), async () => {
      const report = await resultOf(await notify());
      assert.deepEqual(stateOf(report), { email: 'not-configured', sms: 'not-configured', slack: 'sent' });
      assert.deepEqual(report.view.problems, []);
    });
  });

  it('roles are told by their own e-mail and phone, and by nothing else', async () => {
    restore();
    restore = await usePlan((plan) => ({
      ...withChannels(configured)(plan),
      contacts: plan.contacts.map((one) => (one.role === 'Management' ? { ...one, email: 'm@example.com' } : one)),
    }));
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await notify({ audience: ['Management', 'Cloud Provider'] }));
      assert.deepEqual(site.people.by('sendEmail', 'to'), ['m@example.com']);
      assert.deepEqual(site.people.by('sendSms', 'to').sort(), ['+1-555-0126', '+1-555-0200']);
      assert.equal((report.result['deliveries'] as Delivery[]).length, 3);
      const failure = await failureOf(await notify({ audience: ['Janitor'] }));
      assert.equal(failure.code, 'DR-INPUT');
      assert.match(failure.message, /"Janitor", the plan has: Primary On-Call/);
    });
  });

  it('a value is never read as a template, a mention or a header', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const summary = '{{reason}} <!channel> a\nBcc: all@example.com';
      const { message } = (await resultOf(await notify({ facts: { summary } }))).result as { message: Message };
      assert.match(message.email, /\{\{reason\}\} <!channel>/);
      assert.match(message.slack, /\{\{reason\}\} &lt;!channel&gt;/);
      assert.doesNotMatch(message.subject, /\n/);
      assert.ok([...message.sms].length <= 160);
    });
  });

  it('a placeholder without a value is named, and nobody is told', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const failure = await failureOf(await notify({ facts: { impact: 'none' } }));
      assert.equal(failure.code, 'DR-TEMPLATE');
      assert.match(failure.message, /asks for \{\{summary\}\}.*they have: impact/);
      const unknown = await failureOf(await notify({ template: 'party' }, 'notify.inc-1.party'));
      assert.match(unknown.message, /template of the input is "party".*there are escalation, incident-opened/);
      assert.deepEqual(site.people.told, []);
    });
  });

  it('on-call: the first is called; who acknowledges ends it, and no second one can', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await onCall();
      const view = await seen(
        handle,
        (one) => one.waitingFor !== undefined && site.people.by('sendSms', 'to').length > 0,
      );
      assert.match(view.waitingFor ?? '', /Primary On-Call or anybody else to acknowledge before/);
      assert.match(renderDetails(view), /temporal workflow signal -w oncall\.inc-1 --name acknowledge --input '\{"by"/);
      assert.match(String(site.people.by('sendSms', 'text')[0]), /\.\/dr acknowledge oncall\.inc-1/);
      await assert.rejects(handle.executeUpdate('acknowledge', { args: [{ note: 'me' }] }), (error: Error) =>
        /by of the message "acknowledge" is nothing/.test(String(error.cause)),
      );
      await handle.signal('acknowledge', { who: 'me' });
      await handle.executeUpdate('acknowledge', { args: [{ by: 'Primary On-Call', note: 'at the desk' }] });
      const report = await resultOf(handle);
      assert.equal(report.result['outcome'], 'acknowledged');
      assert.deepEqual(report.result['called'], ['Primary On-Call']);
      assert.match(JSON.stringify(report.view.timeline), /signal \\"acknowledge\\" refused/);
      assert.match(headline(report.view).sentence, /acknowledged by Primary On-Call: at the desk/);
      assert.deepEqual(site.people.by('sendSms', 'to'), ['+1-555-0123']);
    });
  });

  it('on-call: nobody acknowledges: one after the other is called, in order, also past a channel that hangs', async () => {
    const site = new FakeSite();
    site.people.hanging.add('callWebhook');
    await house.with(site, async () => {
      const report = await resultOf(await onCall({ acknowledgeWithinMs: 700 }));
      assert.equal(report.result['outcome'], 'exhausted');
      const numbers = ['+1-555-0123', '+1-555-0124', '+1-555-0125', '+1-555-0126'];
      assert.deepEqual(site.people.by('sendSms', 'to'), numbers);
      assert.equal(exitOf(report.view), exitCodes.ended.code);
      assert.match(JSON.stringify(report.view.timeline), /Secondary On-Call did not acknowledge within 700 ms/);
    });
  });

  it('on-call: the second acknowledges, by signal', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await onCall({ acknowledgeWithinMs: 2_500 });
      await seen(handle, () => site.people.by('sendSms', 'to').length === 2);
      await handle.signal('acknowledge', { by: 'Secondary On-Call' });
      const report = await resultOf(handle);
      assert.deepEqual(report.result['called'], ['Primary On-Call', 'Secondary On-Call']);
      assert.equal(report.result['outcome'], 'acknowledged');
    });
  });

  it('on-call: whom no channel can tell is not waited for', async () => {
    restore();
    restore = await usePlan((plan) => plan);
    await house.with(new FakeSite(), async () => {
      const report = await resultOf(await onCall({ acknowledgeWithinMs: 600_000 }));
      assert.equal(report.result['outcome'], 'exhausted');
      assert.match(JSON.stringify(report.view.timeline), /Management could not be told by any channel/);
    });
  });

  it('status page: the page is written, and the API elsewhere is told with its title', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const components = [{ name: 'order-service', state: 'major-outage' }];
      const report = await resultOf(await post({ components }));
      const given = site.given.get('updateStatusPage')?.[0]?.['update'] as Record<string, unknown>;
      assert.deepEqual(given['components'], components);
      assert.deepEqual(site.people.by('postStatusApi', 'name'), ['Service disruption']);
      assert.match(headline(report.view).sentence, /investigating; page updated, API sent/);
    });
  });

  it('status page: an update that does not follow is refused, and told to nobody', async () => {
    const site = new FakeSite();
    site.fail('updateStatusPage', 'DR-STATUS-PAGE', 'incident inc-1 has its postmortem');
    await house.with(site, async () => {
      const failure = await failureOf(await post());
      assert.equal(failure.code, 'DR-STATUS-PAGE');
      assert.match(failure.message, /has its postmortem/);
      assert.deepEqual(site.people.told, []);
    });
  });

  it('status page: its disk is full: the API elsewhere is told all the same; when that fails too a script hears of it', async () => {
    const site = new FakeSite();
    site.answer('updateStatusPage', () => {
      throw ApplicationFailure.retryable('status cannot be written: ENOSPC', 'DR-STATUS-PAGE');
    });
    await house.with(site, async () => {
      const report = await resultOf(await post());
      assert.deepEqual(stateOf(report), { 'status-api': 'sent' });
      assert.match(JSON.stringify(report.view.problems), /ENOSPC/);
      site.people.refusing.add('postStatusApi');
      const lost = await resultOf(await post());
      assert.match(JSON.stringify(lost.view.problems), /stands on no status page/);
      assert.equal(exitOf(lost.view), exitCodes.ended.code);
    });
  });

  const bad: [string, ProcedureName, string, Record<string, unknown>, RegExp][] = [
    ['another lock', 'notifyPeople', 'notify.inc-2.incident-opened', notice, /expected notify\.inc-1\.incident-opened/],
    [
      'a severity there is not',
      'notifyPeople',
      'notify.inc-1.incident-opened',
      { ...notice, severity: 'huge' },
      /"huge": expected critical/,
    ],
    [
      'a fact with the name of a standard one',
      'notifyPeople',
      'notify.inc-1.incident-opened',
      { ...notice, facts: { by: 'x' } },
      /facts of other names than incident/,
    ],
    [
      'no audience',
      'notifyPeople',
      'notify.inc-1.incident-opened',
      { ...notice, audience: [] },
      /audience of the input/,
    ],
    [
      'an incident with blanks',
      'callOnCall',
      'oncall.inc-1',
      { ...call, incident: 'in c' },
      /"in c": expected lower-case/,
    ],
    [
      'a state there is not',
      'postStatus',
      'status.inc-1.1',
      { ...update, state: 'broken' },
      /"broken": expected investigating/,
    ],
    [
      'a service the plan does not have',
      'postStatus',
      'status.inc-1.1',
      { ...update, components: [{ name: 'fax', state: 'degraded' }] },
      /"fax", the plan has: api-gateway/,
    ],
    [
      'a maintenance without its times',
      'postStatus',
      'status.inc-1.1',
      { ...update, state: 'scheduled' },
      /from of the input.*expected the time/,
    ],
    [
      'a maintenance that ends before it begins',
      'postStatus',
      'status.inc-1.1',
      { ...update, state: 'scheduled', from: '2026-11-29T03:00:00Z', until: '2026-11-29T02:00:00Z' },
      /until of the input.*later than/,
    ],
  ];
  for (const [title, procedure, id, input, sentence] of bad)
    it(`bad input: ${title}`, async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const failure = await failureOf(await start(procedure, id, input));
        assert.ok(['DR-INPUT', 'DR-UNKNOWN-SERVICE'].includes(failure.code), failure.code);
        assert.match(failure.message, sentence);
        assert.deepEqual([site.calls, site.people.told], [[], []]);
      });
    });
});
