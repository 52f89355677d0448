/** The control worker is scraped over HTTP while a real run waits at its gate on a real server. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { controlCollectors } from '../../workers/metrics/control';
import { serveMetrics, type Endpoint } from '../../workers/metrics/endpoint';
import { searchAttributes } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { approve, openCard, resultOf, until } from '../support/runs';
import { Scrape } from '../support/scrape';

describe('metrics of the control worker', function () {
  this.timeout(60_000);
  let house: House;
  let endpoint: Endpoint | undefined;
  before(async () => (house = await House.open()));
  afterEach(() => endpoint?.stop());
  after(() => house.close());

  /** Scrapes afresh, as one worker after the other would, until the list of the server has caught up with what the run told. */
  async function seen(wanted: (scrape: Scrape) => boolean): Promise<Scrape> {
    for (const end = Date.now() + 15_000; ; await sleep(100)) {
      endpoint?.stop();
      endpoint = serveMetrics({ host: '127.0.0.1', port: 0 }, { collectors: controlCollectors(house.client) });
      while (!endpoint.address()) await sleep(5);
      const scrape = await Scrape.of(endpoint.address()?.port ?? 0);
      if (wanted(scrape)) return scrape;
      if (Date.now() > end) throw new Error(`it is not told:\n${scrape.text}`);
    }
  }

  it('a run that waits at its gate: which gate, since when; approved, how it ended', async () => {
    const began = Date.now() / 1000;
    await house.with(new FakeSite(), async () => {
      const handle = await house.recover();
      const waiting = await until(handle, 'waiting-approval');
      const gate = { procedure: 'pointInTimeRecovery', gate: 'cut-over' };
      const scrape = await seen((one) => one.value('dr_gates_open', gate) === 1);
      assert.equal(
        scrape.value('dr_gate_oldest_opened_timestamp_seconds', gate),
        Date.parse(waiting.gates[0]?.card.openedAt ?? '') / 1000,
      );
      const waits = { procedure: 'pointInTimeRecovery', state: 'waiting-approval', drill: 'no' };
      assert.equal(scrape.value('dr_runs', waits), 1);
      for (const source of ['runs', 'gates', 'plan', 'reports'])
        assert.equal(scrape.value('dr_up', { source }), 1, source);
      assert.equal(scrape.value('dr_objective_rpo_seconds', { resource: 'database.shandi' }), 300);
      assert.ok(!scrape.text.includes(handle.workflowId) && !scrape.text.includes(handle.firstExecutionRunId));

      await approve(handle, openCard(waiting));
      const report = await resultOf(handle);
      const ended = { procedure: 'pointInTimeRecovery', state: 'completed', verdict: report.view.verdict };
      const after = await seen((one) => one.value('dr_runs_ended_last_day', ended) === 1);
      assert.ok((after.value('dr_run_last_ended_timestamp_seconds', ended) ?? 0) >= began);
      assert.deepEqual([after.all('dr_gates_open'), after.all('dr_runs', waits)], [[], []], 'it waits no more');
    });
  });

  it('a run that nobody can ask, because no worker runs: counted apart, and no scrape waits for it', async () => {
    const handle = await house.client.workflow.start('siteFailover', {
      taskQueue: 'nobody-listens',
      workflowId: 'recover.system',
      args: [{}],
      typedSearchAttributes: [{ key: searchAttributes.state, value: 'waiting-approval' }],
    });
    try {
      const scrape = await seen((one) => one.all('dr_runs_unanswered').length > 0);
      assert.equal(scrape.value('dr_runs_unanswered', { procedure: 'siteFailover' }), 1);
      assert.equal(scrape.value('dr_up', { source: 'gates' }), 1);
      assert.deepEqual(scrape.all('dr_gates_open'), []);
    } finally {
      await handle.terminate('its test is over');
    }
  });

  it('a server that is away: the scrape is answered and says so; what is read elsewhere is told', async () => {
    // Never closed: a question that is tried again then would find no channel, and end the process.
    const collectors = controlCollectors(new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) }));
    endpoint = serveMetrics({ host: '127.0.0.1', port: 0 }, { collectors });
    while (!endpoint.address()) await sleep(5);
    const scrape = await Scrape.of(endpoint.address()?.port ?? 0);
    const up = ['runs', 'gates', 'plan', 'reports'].map((source) => scrape.value('dr_up', { source }));
    assert.deepEqual(up, [0, 0, 1, 1]);
    assert.deepEqual([scrape.all('dr_runs'), scrape.all('dr_gates_open')], [[], []]);
  });
});
