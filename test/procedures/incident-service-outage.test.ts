/**
 * The service that takes orders is killed. The incident looks, finds that it is an outage beyond doubt, starts the recovery, and
 * tells people by a real mail server and a real HTTP receiver, while one channel is dead; the status page goes from
 * investigating to resolved, and customers get their page again.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { Plan } from '../../plan';
import { root } from '../../activities/shared/paths';
import { readEnv } from '../../platform/lifecycle';
import { incidentQuery, type IncidentView } from '../../workflows/contracts/incident';
import { controlQueue } from '../../workflows/contracts/names';
import type { Report } from '../../workflows/contracts/run-view';
import type { StatusDocument } from '../../workflows/contracts/status';
import { containerOf, docker } from '../support/docker';
import { project } from '../support/names';
import { withChannels } from '../support/people-plan';
import { withPlan } from '../support/plan-file';
import { HttpReceiver, MailReceiver } from '../support/receivers';
import { resultOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('incident: a service of tier P1 is killed', function () {
  this.timeout(180_000);
  let shandi: Shandi;
  let mail: MailReceiver;
  let http: HttpReceiver;
  let folder: string;
  useShandi((opened) => (shandi = opened));
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dr-incident-'));
    writeFileSync(join(folder, 'smtp'), 'open-sesame\n', { mode: 0o600 });
    [mail, http] = await Promise.all([MailReceiver.open('dr', 'open-sesame'), HttpReceiver.open()]);
    writeFileSync(join(folder, 'slack'), `${http.url}/services/T0/B0/x\n`, { mode: 0o600 });
  });
  after(async () => {
    await Promise.all([mail.close(), http.close()]);
    rmSync(folder, { recursive: true });
  });

  const channels = (): Partial<Plan['channels']> => ({
    smtp: {
      host: '127.0.0.1',
      port: mail.port,
      secure: false,
      user: 'dr',
      password: { file: join(folder, 'smtp') },
      from: 'dr@example.com',
    },
    slackWebhook: { file: join(folder, 'slack') },
    webhooks: [
      { name: 'pager', url: `${http.url}/pager` },
      // Nobody listens there.
      { name: 'dead', url: 'http://127.0.0.1:9/hook' },
    ],
    delivery: { attempts: 50, firstPause: 1_000, longestPause: 60_000 },
  });
  const open = (incident: string, input: Record<string, unknown> = {}): Promise<WorkflowHandle> =>
    shandi.client.workflow.start('incidentResponse', {
      taskQueue: controlQueue,
      workflowId: `incident.${incident}`,
      args: [{ incident, reason: 'orders are refused', by: 'tester', ...input }],
    });
  const inState = (handle: WorkflowHandle, state: IncidentView['state']): Promise<IncidentView> =>
    shandi.eventually(`the incident is ${state}`, async () => {
      const view = await handle.query(incidentQuery).catch(() => undefined);
      return view?.state === state ? view : undefined;
    });
  const get = async (path: string): Promise<Response> => {
    const port = (await readEnv(project))['NGINX_PORT'] ?? '';
    return fetch(`http://127.0.0.1:${port}${path}`);
  };
  const page = async (incident: string): Promise<StatusDocument['incidents'][number] | undefined> => {
    const document = (await (await get('/status/status.json')).json()) as StatusDocument;
    return document.incidents.find((one) => one.incident === incident);
  };
  const dr = (...args: string[]): { status: number | null; out: string } => {
    const ran = spawnSync(join(root(), 'dr'), args, { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
    return { status: ran.status, out: ran.stdout + ran.stderr };
  };

  it('it is recovered by itself, people are told, the page goes its way, and a dead channel holds nothing up', () =>
    withPlan(withChannels(channels()), async () => {
      await docker.getContainer(containerOf('order-service')).kill();
      assert.notEqual((await get('/api/orders?limit=1')).status, 200, 'the disaster has happened');
      const handle = await open('killed-1');
      const recovered = await inState(handle, 'recovered');
      assert.equal((await get('/api/orders?limit=1')).status, 200);
      assert.equal(recovered.scenario, 'service-outage');
      assert.equal(recovered.severity, 'sev1');
      assert.deepEqual(
        recovered.runs.map((one) => one.workflowId),
        ['recover.service.order-service'],
      );
      const first = recovered.verdicts[0];
      assert.ok(
        first?.evidence.some(({ says }) => /order-service \(P1\) is down/.test(says)),
        JSON.stringify(first),
      );

      assert.equal(
        dr('incident', 'update', 'killed-1', '--message', 'Orders are taken again.', '--by', 'on-call').status,
        0,
      );
      assert.equal(dr('incident', 'declare', 'killed-1', '--reason', 'orders are taken', '--by', 'on-call').status, 0);
      await inState(handle, 'reviewing');
      const listed = dr('incident', 'list', '--open');
      assert.match(listed.out, /killed-1/);
      const shown = dr('incident', 'show', 'killed-1');
      assert.match(shown.out, /service-outage: likely[^]*\+ order-service \(P1\) is down/);
      assert.match(shown.out, /plain temporal: temporal workflow query -w incident\.killed-1 --type incident/);
      const reviewed = dr(
        'incident',
        'review',
        'killed-1',
        '--findings',
        'It was killed by a test.',
        '--by',
        'on-call',
      );
      assert.equal(reviewed.status, 0, reviewed.out);
      const report: Report = await resultOf(handle);
      assert.equal(report.view.verdict, 'met');

      const states = ['investigating', 'identified', 'monitoring', 'monitoring', 'resolved', 'postmortem'];
      const shownToCustomers = await shandi.eventually('the page has its last update', async () => {
        const found = await page('killed-1');
        return found?.updates.length === states.length ? found : undefined;
      });
      assert.deepEqual(
        shownToCustomers.updates.map((one) => one.state),
        states,
      );
      assert.match(shownToCustomers.updates[0]?.message ?? '', /Next update by \d\d:\d\d UTC/);
      assert.equal(shownToCustomers.updates.at(-1)?.message, 'It was killed by a test.');
      assert.equal(shownToCustomers.state, 'postmortem');

      await shandi.eventually('the last mail came', async () =>
        mail.received.some((one) => /declared over/.test(one)) ? true : undefined,
      );
      const opened =
        mail.received.find((one) => /Subject: \[critical\] Incident killed-1/.test(one)) ?? assert.fail('no mail');
      assert.match(opened, /order-service/);
      assert.match(opened, /Next update by: /);
      const told = (): string[] =>
        [...new Set(http.at('/pager').map((one) => (JSON.parse(one.body) as { template: string }).template))].sort();
      await shandi.eventually('the pager was told the end', async () =>
        told().includes('resolved') ? true : undefined,
      );
      assert.deepEqual(told(), ['incident-opened', 'on-call', 'resolved', 'update']);
      assert.ok(http.at('/services/T0').length >= 4, 'Slack was told');
    }));

  it('asked for, nothing begins before a person has said so, from the stock command line alone', async () => {
    await docker.getContainer(containerOf('menu-service')).kill();
    const handle = await open('killed-2', { ask: true, tell: false });
    await shandi.eventually('its card is open', async () => {
      const { view } = { view: await handle.query<Report['view']>('run').catch(() => undefined) };
      return view?.state === 'waiting-approval' ? true : undefined;
    });
    assert.notEqual((await get('/api/menus/1')).status, 200);
    await handle.signal('choose', { scenario: 'service-outage', by: 'tester', reason: 'it is' });
    const recovered = await inState(handle, 'recovered');
    assert.equal(recovered.severity, 'sev2');
    assert.equal((await get('/api/menus/1')).status, 200);
    await handle.signal('declare', { by: 'tester', reason: 'over' });
    await inState(handle, 'reviewing');
    await handle.signal('review', { by: 'tester', findings: 'a test' });
    await resultOf(handle);
  });

  it('a container that is in no network: the network is proposed, not an outage, and it is made anew in its networks', async () => {
    const { Id, NetworkSettings } = await docker.getContainer(containerOf('content-service')).inspect();
    for (const name of Object.keys(NetworkSettings.Networks))
      await docker.getNetwork(name).disconnect({ Container: Id, Force: true });
    const handle = await open('cut-off-1', { tell: false, approvalTimeoutMs: 60_000 });
    const view = await shandi.eventually('its card is open', async () => {
      const run = await handle.query<Report['view']>('run').catch(() => undefined);
      return run?.state === 'waiting-approval' ? run : undefined;
    });
    const card = view.gates[0]?.card;
    assert.equal(card?.tables[0]?.rows[0]?.[0], 'network-connectivity', JSON.stringify(card?.tables[0]?.rows));
    await handle.signal('approve', { card: card?.hash, by: 'tester', reason: 'it is' });
    const isolated = shandi.client.workflow.getHandle('recover.service.content-service');
    await shandi.eventually('the recovery asks', async () => {
      const run = await isolated.query<Report['view']>('run').catch(() => undefined);
      const hash = run?.gates.find((one) => one.state === 'open')?.card.hash;
      if (hash !== undefined) await isolated.signal('approve', { card: hash, by: 'tester', reason: 'test' });
      return (await handle.query(incidentQuery)).state === 'recovered' ? true : undefined;
    });
    assert.equal((await get('/api/content?limit=1')).status, 200);
  });
});
