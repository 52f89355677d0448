/**
 * Someone types DROP TABLE in the wrong window. Orders and payments go on arriving all the while. The operator recovers to
 * the moment before; the ledger, which remembers what was acknowledged, says what is there and what is not.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connection, queryOnce, readEnv } from '../../platform/lifecycle';
import { project, testHome } from '../support/names';
import { noSecrets } from '../support/no-secrets';
import { approve, resultOf, until } from '../support/runs';
import { asClient, docker, Shandi } from '../support/shandi';

describe('table dropped by mistake', function () {
  this.timeout(180_000);
  let shandi: Shandi;
  before(async () => (shandi = await Shandi.open()));
  after(() => shandi.close());

  it('every acknowledged row up to the target is there, none after it, none changed; within the objectives', async () => {
    const ledger = await shandi.startLedger();
    await sleep(6_000);
    const moment = await shandi.now();
    await sleep(200);
    await shandi.sql('DROP TABLE payments');
    await sleep(1_500);
    const damaged = (await shandi.sql<{ id: string }>(`SELECT system_identifier::text AS id FROM pg_control_system()`))
      .id;

    const handle = await shandi.recover({
      target: { kind: 'time', time: moment },
      disasterAt: moment,
      fullBackup: true,
      rebuildStandbys: true,
    });
    const waiting = await until(handle, 'waiting-approval');
    const card = waiting.gates[0]?.card;
    const payments = card?.tables[0]?.rows.find(([table]) => table === 'public.payments');
    assert.ok(payments, 'the card names the dropped table');
    assert.equal(payments[1], 'not known', 'it does not exist now');
    assert.match(card?.loss.find((one) => one.label === 'Transactions')?.value ?? '', /^\d+/);
    await approve(handle);
    const { view, result } = await resultOf(handle);

    assert.equal(view.verdict, 'met');
    assert.ok(view.objectives?.rtoMet && view.objectives.rpoMet);
    const said = view.facts.find((one) => one.title === 'Witness ledger')?.facts ?? [];
    assert.equal(said[0]?.value, 'nothing that was acknowledged is lost');

    await sleep(1_500);
    await ledger.stop();
    const { recoveredTo, reopenedAt, kept, backup, standbys } = result as {
      recoveredTo: { timeline: number };
      reopenedAt: string;
      kept: { volume: string };
      backup: string;
      standbys: string[];
    };
    // By the moment that was asked for: what the run says it replayed to would excuse a recovery that stopped too early.
    const verdict = await ledger.verdict({ query: asClient, until: moment, resumedAt: reopenedAt });
    assert.deepEqual(
      { missing: verdict.missing, changed: verdict.changed, doubled: verdict.doubled, unexpected: verdict.unexpected },
      { missing: [], changed: [], doubled: [], unexpected: [] },
    );
    assert.ok(verdict.expected > 50, `only ${verdict.expected} rows were owed`);
    assert.ok(verdict.takenAway > 0, 'the target took something away');

    // The same cluster on a new timeline, served by the volume of the copy; the damaged one is kept and in no container.
    const now = await shandi.sql<{ id: string; timeline: number; archive: string }>(
      `SELECT system_identifier::text AS id, timeline_id AS timeline, current_setting('archive_mode') AS archive FROM pg_control_system(), pg_control_checkpoint()`,
    );
    assert.deepEqual(now, { id: damaged, timeline: recoveredTo.timeline, archive: 'on' });
    assert.ok(await docker.getVolume(kept.volume).inspect());
    assert.match(backup, /F$/);
    assert.deepEqual(standbys, ['streaming']);

    // The standby follows the new timeline: a row written now is readable there.
    const { id } = await shandi.sql<{ id: string }>(
      `INSERT INTO dr_heartbeat (node) VALUES ('test') RETURNING id::text AS id`,
    );
    const env = await readEnv(project);
    await shandi.eventually('the standby has the row', async () => {
      const rows = await queryOnce(
        connection(env, 'STANDBY_PORT'),
        `SELECT 1 FROM dr_heartbeat WHERE id = ${Number(id)} AND pg_is_in_recovery()`,
      ).catch(() => []);
      return rows[0];
    });

    // Found again by what it was, and readable by someone who was not there.
    const found: string[] = [];
    for await (const one of shandi.client.workflow.list({
      query: `DrResource = 'database.shandi' AND DrVerdict = 'met' AND DrTier = 'P1'`,
    }))
      found.push(one.runId);
    assert.ok(found.includes(handle.firstExecutionRunId));
    const report = (await resultOf(handle)).paths;
    const html = readFileSync(join(testHome, report?.html ?? ''), 'utf8');
    for (const words of ['payments', 'nothing that was acknowledged is lost', kept.volume, 'RTO', 'RPO'])
      assert.ok(html.includes(words), words);
    await noSecrets(handle);
  });
});
