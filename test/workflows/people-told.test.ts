/**
 * In a disaster channels fail, too: Slack answers 500 for a while, the mail server refuses, an answer of the SMS service is lost.
 * Real activities against real servers on this machine: the log says what became of every message, nobody is told twice where
 * the channel can tell, and no secret is in the history.
 */
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Plan } from '../../plan';
import { updateStatusPage, type UpdateStatusPage } from '../../activities/status-page';
import { controlQueue } from '../../workflows/contracts/names';
import type { Delivery } from '../../workflows/contracts/people';
import type { Report } from '../../workflows/contracts/run-view';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { noSecretIn } from '../support/no-secrets';
import { usePlan, withChannels } from '../support/people-plan';
import { HttpReceiver, MailReceiver, type Received } from '../support/receivers';
import { resultOf } from '../support/runs';

const drawn = (): string => randomBytes(16).toString('hex');
const password = drawn();
const twilioToken = drawn();
const slackPath = `/services/T0/B0/${drawn()}`;
const hookPath = `/hook/${drawn()}`;
const signingKey = drawn();
const statusToken = drawn();
const secrets: [string, string][] = [
  ['password of the mail server', password],
  ['token of Twilio', twilioToken],
  ['address of the Slack webhook', slackPath],
  ['address of the pager', hookPath],
  ['signing key', signingKey],
  ['token of the status API', statusToken],
];

describe('people are told through channels that fail', function () {
  this.timeout(60_000);
  let house: House;
  let http: HttpReceiver;
  let mail: MailReceiver;
  let folder: string;
  let restore: () => void;
  const variables = ['SMTP', 'TWILIO', 'SLACK', 'HOOK', 'SIGN', 'STATUS'].map((name) => `DR_TEST_${name}`);

  before(async () => {
    [house, http, mail] = await Promise.all([House.open(), HttpReceiver.open(), MailReceiver.open('dr', password)]);
    folder = mkdtempSync(join(tmpdir(), 'dr-status-'));
    const values = [
      password,
      twilioToken,
      `${http.url}${slackPath}`,
      `${http.url}${hookPath}`,
      signingKey,
      statusToken,
    ];
    variables.forEach((name, index) => (process.env[name] = values[index]));
  });
  after(async () => {
    for (const name of variables) delete process.env[name];
    rmSync(folder, { recursive: true });
    await Promise.all([house.close(), http.close(), mail.close()]);
  });
  const channels = (): Partial<Plan['channels']> => ({
    smtp: {
      host: '127.0.0.1',
      port: mail.port,
      secure: false,
      user: 'dr',
      password: { env: 'DR_TEST_SMTP' },
      from: 'dr@example.com',
    },
    twilio: { account: 'AC0', token: { env: 'DR_TEST_TWILIO' }, from: '+1-555-0199', api: http.url },
    slackWebhook: { env: 'DR_TEST_SLACK' },
    webhooks: [{ name: 'pager', url: { env: 'DR_TEST_HOOK' }, secret: { env: 'DR_TEST_SIGN' } }],
    statusPageApi: `${http.url}/api/incidents`,
    statusPageToken: { env: 'DR_TEST_STATUS' },
    statusDirectory: folder,
    delivery: { attempts: 4, firstPause: 100, longestPause: 200 },
  });
  beforeEach(async () => {
    restore = await usePlan(withChannels(channels()));
    mail.received.length = 0;
    mail.refusals = [];
    http.behave(() => undefined);
  });
  afterEach(() => restore());

  const site = (): FakeSite => {
    const made = new FakeSite();
    made.people.real = true;
    made.answer('updateStatusPage', (args) => updateStatusPage(args as UpdateStatusPage));
    return made;
  };
  const start = (
    procedure: string,
    workflowId: string,
    input: object,
  ): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start(procedure, {
      taskQueue: controlQueue,
      workflowId,
      args: [{ incident: 'inc-1', reason: 'test', by: 'tester', ...input }],
    });
  const notify = (): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    start('notifyPeople', 'notify.inc-1.incident-opened', {
      template: 'incident-opened',
      severity: 'critical',
      facts: { summary: 'Orders are refused', impact: 'guests cannot order' },
    });
  const of = (report: Report, channel: string): Delivery => {
    const found = (report.result['deliveries'] as Delivery[]).find((one) => one.channel === channel);
    assert.ok(found, `no delivery by ${channel}`);
    return found;
  };
  const fails =
    (prefix: string, times: number, status = 500) =>
    (request: Received) =>
      request.path.startsWith(prefix) && times-- > 0 ? { status, body: `no: ${request.path}` } : undefined;

  it('all of them take it: what arrives is whole, and signed where the plan says so', async () => {
    await house.with(site(), async () => {
      const handle = await notify();
      const report = await resultOf(handle);
      assert.deepEqual(
        (report.result['deliveries'] as Delivery[]).map(({ channel, state, attempts }) => [channel, state, attempts]),
        [
          ['email', 'accepted', 1],
          ['sms', 'accepted', 1],
          ['slack', 'sent', 1],
          ['webhook', 'sent', 1],
        ],
      );
      const [text = ''] = mail.received;
      assert.match(text, /^Subject: \[critical\] Incident inc-1: Orders are refused/m);
      assert.match(text, /^Message-ID: <[0-9a-f]{12}-1@example\.com>/m);
      assert.match(text, /^To: emergency@theshandi\.com/m);
      assert.match(text, /impact: guests cannot order/);
      const [hook] = http.at(hookPath);
      const signature = createHmac('sha256', signingKey)
        .update(hook?.body ?? '')
        .digest('hex');
      assert.equal(hook?.headers['x-dr-signature'], `sha256=${signature}`);
      assert.equal((JSON.parse(hook?.body ?? '') as { key: string }).key, hook?.headers['idempotency-key']);
      const [sms] = http.at('/2010-04-01/Accounts/AC0/Messages.json');
      assert.equal(sms?.headers.authorization, `Basic ${Buffer.from(`AC0:${twilioToken}`).toString('base64')}`);
      const form = new URLSearchParams(sms?.body);
      assert.equal(form.get('To'), '+15550123');
      assert.match(form.get('Body') ?? '', /^The Shandi critical: incident inc-1 opened\. .* \([0-9a-f]{6}\)$/);
      await noSecretIn(handle, secrets);
    });
  });

  it('Slack answers 500 for a while, then takes it; every try carries the same key', async () => {
    http.behave(fails(slackPath, 2));
    await house.with(site(), async () => {
      const handle = await notify();
      const { state, attempts } = of(await resultOf(handle), 'slack');
      assert.deepEqual([state, attempts], ['sent', 3]);
      const keys = http.at(slackPath).map(({ headers }) => headers['idempotency-key']);
      assert.equal(keys.length, 3);
      assert.equal(new Set(keys).size, 1);
      assert.equal(http.at(hookPath).length, 1, 'the others are told once');
      await noSecretIn(handle, secrets);
    });
  });

  it('Slack refuses for good and repeats what it was asked: tried once, and its address is in no sentence', async () => {
    http.behave(fails(slackPath, 9, 403));
    await house.with(site(), async () => {
      const handle = await notify();
      const { state, attempts, problem } = of(await resultOf(handle), 'slack');
      assert.deepEqual([state, attempts], ['failed', 1]);
      assert.match(problem ?? '', /Slack \(#emergency-alerts\) answered with status 403: no: \[secret\]/);
      assert.equal(http.at(slackPath).length, 1);
      await noSecretIn(handle, secrets);
    });
  });

  it('the mail server defers, then takes it, under one Message-ID; another one refuses for good', async () => {
    mail.refusals = [{ code: 451, says: 'greylisted' }];
    await house.with(site(), async () => {
      const { state, attempts } = of(await resultOf(await notify()), 'email');
      assert.deepEqual([state, attempts, mail.received.length], ['accepted', 2, 1]);
      mail.refusals = [{ code: 550, says: 'no such mailbox' }];
      const handle = await notify();
      const report = await resultOf(handle);
      const refused = of(report, 'email');
      assert.deepEqual([refused.state, refused.attempts], ['failed', 1]);
      assert.match(refused.problem ?? '', /did not take the e-mail to emergency@theshandi\.com: .*550 no such mailbox/);
      assert.equal(of(report, 'slack').state, 'sent');
      await noSecretIn(handle, secrets);
    });
  });

  it('the wrong password is a refusal, and in no sentence', async () => {
    const wrong = drawn();
    process.env['DR_TEST_SMTP'] = wrong;
    try {
      await house.with(site(), async () => {
        const handle = await notify();
        const { state, problem } = of(await resultOf(handle), 'email');
        assert.equal(state, 'failed');
        assert.match(problem ?? '', /wrong password/);
        await noSecretIn(handle, [['the wrong password', wrong], ...secrets]);
      });
    } finally {
      process.env['DR_TEST_SMTP'] = password;
    }
  });

  it('the answer of the SMS service is lost: the second try finds the message there, and sends no other', async () => {
    const taken: { sid: string; body: string | null; status: string }[] = [];
    http.behave(({ path, method, body }) => {
      if (!path.startsWith('/2010-04-01/')) return undefined;
      if (method === 'GET') return { status: 200, body: JSON.stringify({ messages: taken }) };
      taken.push({ sid: `SM${taken.length}`, body: new URLSearchParams(body).get('Body'), status: 'queued' });
      return { status: 502 };
    });
    await house.with(site(), async () => {
      const { state, attempts, id } = of(await resultOf(await notify()), 'sms');
      assert.deepEqual([state, attempts, id], ['accepted', 2, 'SM0']);
      assert.equal(taken.length, 1);
    });
  });

  it('a channel is dead: it is given up in the end, and the others were told before that', async () => {
    restore();
    restore = await usePlan(
      withChannels({ ...channels(), smtp: { host: '127.0.0.1', port: 9, secure: false, from: 'dr@example.com' } }),
    );
    await house.with(site(), async () => {
      const report = await resultOf(await notify());
      const dead = of(report, 'email');
      assert.deepEqual([dead.state, dead.attempts], ['failed', 4]);
      assert.match(dead.problem ?? '', /ECONNREFUSED/);
      for (const channel of ['sms', 'slack', 'webhook']) assert.ok(of(report, channel).at < dead.at, channel);
    });
  });

  it('a secret that is not there is a failed delivery that names the place', async () => {
    delete process.env['DR_TEST_SLACK'];
    try {
      await house.with(site(), async () => {
        const { state, problem } = of(await resultOf(await notify()), 'slack');
        assert.equal(state, 'failed');
        assert.match(problem ?? '', /environment variable DR_TEST_SLACK of the worker is empty or not set/);
      });
    } finally {
      process.env['DR_TEST_SLACK'] = `${http.url}${slackPath}`;
    }
  });

  it('the status page is written, and its API is told after it failed for a while', async () => {
    http.behave(fails('/api/incidents', 2, 503));
    await house.with(site(), async () => {
      const handle = await start('postStatus', 'status.inc-1.1', {
        key: '1',
        state: 'investigating',
        title: 'Orders are refused <b>',
        message: 'We look into it.',
        components: [{ name: 'order-service', state: 'major-outage' }],
      });
      const { state, attempts } = of(await resultOf(handle), 'status-api');
      assert.deepEqual([state, attempts], ['sent', 3]);
      const [told] = http.at('/api/incidents');
      assert.deepEqual(JSON.parse(told?.body ?? ''), {
        name: 'Orders are refused <b>',
        status: 'investigating',
        message: 'We look into it.',
      });
      assert.equal(told?.headers.authorization, `Bearer ${statusToken}`);
      assert.match(readFileSync(join(folder, 'index.html'), 'utf8'), /Orders are refused &lt;b&gt;/);
      assert.match(readFileSync(join(folder, 'status.json'), 'utf8'), /"major-outage"/);
      await noSecretIn(handle, secrets);
    });
  });
});
