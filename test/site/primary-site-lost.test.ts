/**
 * A data centre is lost while clients place orders: its containers, its network and the endpoint of its engine, all at once. Or
 * nothing is lost but the network between the sites. One run tells these apart, and serves from the other site.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { LossEstimate, PromotedStandby } from '../../workflows/contracts/cluster';
import { backupSiteUp, connection, queryOnce, readEnv } from '../../platform/lifecycle';
import type { Ledger } from '../../platform/ledger';
import { runQuery } from '../../workflows/contracts/messages';
import { controlQueue } from '../../workflows/contracts/names';
import type { Report, RunView } from '../../workflows/contracts/run-view';
import { docker } from '../support/docker';
import { project } from '../support/names';
import { approve, failureOf, openCard, resultOf, seen } from '../support/runs';
import { asClient, type Shandi } from '../support/shandi';
import { away, doorPort, TwoSites } from '../support/two-sites';
import { useShandi } from '../support/use-shandi';

interface Result {
  loss: string;
  criticalMs: number;
  allMs: number;
  notRecovered: string[];
  traffic: boolean;
  validated: boolean;
  databases: { to: string; estimate: LossEstimate; fence: unknown; promoted: PromotedStandby }[];
}

describe('the primary site is lost', function () {
  this.timeout(300_000);
  let shandi: Shandi;
  let sites: TwoSites;
  useShandi((opened) => (shandi = opened));
  afterEach(() => sites?.close());

  const start = (): Promise<WorkflowHandle> =>
    shandi.client.workflow.start('siteFailover', {
      taskQueue: controlQueue,
      workflowId: 'recover.system',
      args: [{ site: 'backup', reason: 'test', by: 'tester' }],
    });
  const gate = (handle: WorkflowHandle, name: string): Promise<RunView> =>
    seen(handle, (view) => view.gates.some((one) => one.name === name && one.state === 'open'), 60_000);
  const result = (report: Report): Result => report.result as unknown as Result;
  const page = (path: string): Promise<number> =>
    fetch(`http://127.0.0.1:${doorPort}${path}`).then(
      ({ status }) => status,
      () => 0,
    );
  const placed = (ledger: { progress: { acknowledged: number } }, count: number): Promise<true> =>
    shandi.eventually(`${count} rows are acknowledged`, async () =>
      ledger.progress.acknowledged >= count ? true : undefined,
    );

  async function serves(report: Report): Promise<void> {
    const { notRecovered, traffic, validated } = result(report);
    assert.deepEqual([notRecovered, traffic, validated], [[], true, true]);
    for (const path of ['/api/orders?limit=1', '/api/payments?limit=1', '/api/content?limit=1'])
      assert.equal(await page(path), 200, path);
    const running = await docker.listContainers({ filters: { label: [`com.docker.compose.project=${away}`] } });
    assert.equal(running.length, 19);
    console.log(`      critical ${result(report).criticalMs} ms, all ${result(report).allMs} ms`);
  }

  it('only the network between the sites is cut: rejected, the site goes on serving, and the other one follows again', async () => {
    sites = await TwoSites.peace();
    const ledger = await sites.startLedger();
    await placed(ledger, 20);
    await sites.cutBetween();
    const handle = await start();
    const view = await gate(handle, 'site-failover');
    const { card } = view.gates[0]!;
    assert.match(JSON.stringify(card.facts), /IT SERVES ITS CLIENTS; the sites do not reach each other/);
    assert.match(JSON.stringify(card.facts), /can be proven: the engine of its site answers/);
    await handle.executeUpdate('reject', {
      args: [{ card: openCard(view), by: 'Management', reason: 'the network is being mended' }],
    });
    assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
    await sites.mendBetween();
    // Starts nothing that runs, and waits for a heartbeat of now in the other site's database: it follows again by itself.
    await backupSiteUp({ project });
    assert.equal((await failureOf(await start())).code, 'DR-SITE', 'nothing is lost, and the run says so');
    await sites.stopLedger();
    assert.deepEqual((await ledger.verdict({ query: asClient })).missing, []);
  });

  it('only the network between the sites is cut, and a person moves: the site is stopped in order, and nothing is lost', async () => {
    sites = await TwoSites.peace();
    const ledger = await sites.startLedger();
    await placed(ledger, 20);
    await sites.cutBetween();
    await placed(ledger, ledger.progress.acknowledged + 20);
    const handle = await start();
    await approve(handle, openCard(await gate(handle, 'site-failover')));
    const report = await resultOf(handle);
    assert.deepEqual([result(report).loss, report.view.verdict], ['cut', 'met']);
    await serves(report);
    assert.ok(result(report).databases[0]?.fence, 'the fence is proven');
    const since = Date.now();
    await shandi.eventually('clients are served at the other site', async () =>
      sites.acknowledgedSince(ledger, since) > 10 ? true : undefined,
    );
    await sites.stopLedger();
    assert.deepEqual((await sites.verdict(ledger)).missing, []);
    const old = await docker.getContainer(`${project}-postgres-1`).inspect();
    assert.deepEqual([old.State.Running, old.HostConfig.RestartPolicy?.Name], [false, 'no']);
  });

  it('lost in full while orders are placed: two people decide, no more is lost than the card has said, and the way home loses nothing', async () => {
    sites = await TwoSites.anew();
    const ledger = await sites.startLedger();
    await placed(ledger, 40);
    await sites.losePrimary();
    assert.equal(await page('/api/orders?limit=1'), 0, 'the disaster has happened');
    const began = Date.now();
    const handle = await start();
    const view = await gate(handle, 'site-failover');
    assert.match(JSON.stringify(view.gates[0]?.card.facts), /nothing of it answers, from anywhere/);
    await approve(handle, openCard(view));
    await approve(handle, openCard(await gate(handle, 'unproven-fence')));
    const report = await resultOf(handle);
    assert.deepEqual([result(report).loss, report.view.verdict], ['total', 'unproven']);
    await serves(report);
    const since = Date.now();
    await shandi.eventually('clients are served at the other site', async () =>
      sites.acknowledgedSince(ledger, since) > 10 ? true : undefined,
    );
    await sites.stopLedger();

    const { estimate, promoted } = result(report).databases[0]!;
    assert.ok(estimate.ms !== null, 'the loss was predicted');
    const { missing } = await sites.verdict(ledger);
    for (const { id, acknowledgedAt = '' } of missing)
      assert.ok(
        Date.parse(acknowledgedAt) >= began - estimate.ms - 1_000,
        `${id}, acknowledged ${acknowledgedAt}, is lost: more than ${estimate.ms} ms before ${new Date(began).toISOString()}`,
      );
    console.log(`      predicted at most ${estimate.ms} ms; ${missing.length} acknowledged rows are lost`);
    const window = { doubtFrom: promoted.lastHeartbeatAt ?? '', resumedAt: promoted.wroteAt };
    assert.deepEqual((await sites.verdict(ledger, window)).missing, []);

    // Whatever comes back of the lost site: nothing of the product gets at its servers while the database is away.
    await assert.rejects(
      shandi.client.workflow.start('databaseFailover', {
        taskQueue: controlQueue,
        workflowId: 'recover.database.shandi',
        args: [{ database: 'shandi', reason: 'test', by: 'tester' }],
      }),
      /already/i,
    );

    // And it does come back by itself, with everything that would serve clients.
    const returned = ['postgres', 'pgbouncer', 'nginx'];
    await sites.primaryReturns(['api-gateway', ...returned]);
    for (const service of returned)
      await shandi.eventually(`${service} of the lost site is stopped for good`, async () => {
        const { State, HostConfig } = await docker.getContainer(`${project}-${service}-1`).inspect();
        return !State.Running && HostConfig.RestartPolicy?.Name === 'no' ? true : undefined;
      });
    const hold = shandi.client.workflow.getHandle('recover.database.shandi');
    await seen(hold, (view) => view.steps.some((one) => /Mark postgres /.test(one.title) && one.state === 'done'));
    assert.equal(await page('/api/orders?limit=1'), 200);
    await comesHome(ledger, window);
  });

  /** The lost site works again, and its servers are stopped: everything goes back while orders are placed. */
  async function comesHome(before: Ledger, window: { doubtFrom: string; resumedAt: string }): Promise<void> {
    await sites.mendBetween();
    // Whoever begins at home by mistake is told who serves.
    const mistaken = await shandi.client.workflow.start('fullSystemRecovery', {
      taskQueue: controlQueue,
      workflowId: 'recover.system',
      args: [{ reason: 'test', by: 'tester', tell: false }],
    });
    assert.match(
      (await failureOf(mistaken)).message,
      /site backup serves: backup-postgres at site backup takes writes/,
    );
    const hold = shandi.client.workflow.getHandle('recover.database.shandi');
    const { runId } = await hold.describe();
    const ledger = await sites.startLedger(false);
    await placed(ledger, 20);
    const began = Date.now();
    const handle = await shandi.client.workflow.start('siteFailback', {
      taskQueue: controlQueue,
      workflowId: 'recover.system',
      args: [{ reason: 'test', by: 'tester' }],
    });
    const report = await approvingAll(handle, hold);
    const { stallMs, servedMs, exposed, notRecovered, traffic, validated } = report.result;
    console.log(
      `      home after ${Date.now() - began} ms; held ${stallMs as number} ms, served ${servedMs as number} ms later`,
    );
    assert.deepEqual([report.view.verdict, notRecovered, exposed, traffic, validated], ['met', [], [], true, true]);
    assert.ok(report.view.approvals.some((one) => one.gate === 'site-failback' && one.via === 'person'));
    const since = Date.now();
    await shandi.eventually('clients are served at home', async () =>
      sites.acknowledgedSince(ledger, since) > 10 ? true : undefined,
    );
    await sites.stopLedger();
    for (const [one, options] of [
      [ledger, {}],
      [before, window],
    ] as const)
      assert.deepEqual((await one.verdict({ query: asClient, ...options })).missing, []);
    // One primary, which the other site follows; nothing else of that site runs, and nobody holds the lock.
    const asked = 'SELECT pg_is_in_recovery() AS standby';
    const there = await queryOnce<{ standby: boolean }>(connection(await readEnv(away), 'STANDBY_PORT'), asked);
    const [home] = await asClient(asked, []);
    assert.deepEqual([home?.['standby'], there[0]?.standby], [false, true]);
    const running = await docker.listContainers({ filters: { label: [`com.docker.compose.project=${away}`] } });
    assert.deepEqual(
      running.map((one) => one.Labels['com.docker.compose.service']),
      ['backup-postgres'],
    );
    const held = await shandi.client.workflow.getHandle('recover.database.shandi', runId).describe();
    assert.equal(held.status.name, 'COMPLETED');
  }

  /** Says yes to every card of a run, and of what it has started, until it ends. */
  async function approvingAll(...handles: [WorkflowHandle, ...WorkflowHandle[]]): Promise<Report> {
    let over = false;
    const ended = resultOf(handles[0]).finally(() => (over = true));
    ended.catch(() => undefined);
    while (!over) {
      for (const one of handles) {
        const view = await one.query(runQuery).catch(() => undefined);
        if (view?.gates.some(({ state }) => state === 'open'))
          await approve(one, openCard(view)).catch(() => undefined);
      }
      await sleep(100);
    }
    return ended;
  }
});
