/**
 * `npm run demo`: The Shandi loses a table by mistake and gets it back as it was the moment before, through the workflow an
 * operator would use. Leaves everything running; exits 0 only if the recovery was verified and the ledger misses nothing.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { drHome } from '../../activities/shared/paths';
import { Ledger } from '../../platform/ledger';
import { pgQuery } from '../../platform/ledger/query';
import { answerOf, serveWitness } from '../../platform/ledger/witness';
import { connection, platformUp, queryOnce, readEnv } from '../../platform/lifecycle';
import { controlPlaneUp } from '../control-plane/up';
import { demandLock, demo, demoRun, withClient } from './left';
import { recoverAndApprove } from './recover';

const project = 'shandi';
const began = Date.now();
const say = (line?: string): void => void process.stdout.write(`${line ?? ''}\n`);
const at = (): string => `${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s`;
const step = (line?: string): void => say(`${at()}  ${line ?? ''}`);

/** Ctrl-C ends the demo, not what it started: a recovery never depends on who looks on. */
function interrupted(code: number): void {
  say();
  say(
    'The demo was stopped. What it started keeps running: The Shandi, the control plane, and a recovery that was under way',
  );
  say('(at its gate, or going on if it was approved). Follow it: ./dr watch. Before the next demo: npm run down');
  process.exit(code);
}

async function main(): Promise<void> {
  process.once('SIGINT', () => interrupted(130));
  process.once('SIGTERM', () => interrupted(143));
  step('bringing up The Shandi and the control plane');
  const [platform, control] = await Promise.all([
    platformUp({ project, log: (line) => say(`          platform ${line}`) }),
    controlPlaneUp(undefined, demo),
  ]);
  step('both are up');
  await withClient(control, (client) => demandLock(client, step));

  const database = connection(await readEnv(project), 'PGBOUNCER_PORT');
  const ask = async <T extends Record<string, unknown>>(sql: string): Promise<T> => {
    const [row] = await queryOnce<T>(database, sql);
    if (!row) throw new Error(`the database answered nothing to: ${sql}`);
    return row;
  };
  const ledger = Ledger.start({
    gatewayUrl: platform.addresses.gateway,
    file: join(drHome(), 'demo', `ledger-${began}.jsonl`),
  });
  const witness = await serveWitness(ledger, project, 8090);
  try {
    step('the ledger, an outside client, places orders and payments through the gateway');
    await sleep(12_000);
    const { count } = await ask<{ count: string }>('SELECT count(*) FROM payments');
    const { moment } = await ask<{ moment: string }>(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS moment`,
    );
    await sleep(300);
    const admin = connection(await readEnv(project), 'POSTGRES_PORT');
    await queryOnce(admin, 'DROP TABLE payments');
    step(`DISASTER: someone dropped the table "payments" with ${count} rows, just after ${moment}`);
    await sleep(2_000);
    const before = ledger.progress;
    step(`the shop is bleeding: ${before.failed} requests failed so far`);

    const outcome = await withClient(control, (client) => recoverAndApprove(client, moment, say, step));
    await sleep(2_000);
    const counts = await ledger.stop();
    // By the moment that was asked for: a recovery that stopped too early must not pass.
    const verdict = await ledger.verdict({ query: pgQuery(database), until: moment, resumedAt: outcome.reopenedAt });
    const after = await ask<{ count: string }>('SELECT count(*) FROM payments');
    say();
    step(
      `table "payments" has ${after.count} rows again; the ledger sent ${counts.sent} requests, ${counts.acknowledged} were acknowledged`,
    );
    say();
    say(`  Web UI     ${control.uiUrl}   (run ${demoRun})`);
    say(`  Temporal   ${control.address}   (namespace ${control.namespace})`);
    say(`  The Shandi ${platform.addresses.gateway}   ${platform.addresses.gatewayTls}`);
    say(`  Report     ${outcome.report}`);
    say(`  Look again ./dr runs --all, ./dr show ${demoRun}; remove everything: npm run down`);
    say();
    // A ledger that was promised nothing proves nothing.
    const verified = outcome.verified && verdict.ok && verdict.expected > 0;
    say(
      `${verified ? 'RECOVERED AND VERIFIED' : 'NOT VERIFIED'}: ${outcome.words}; ledger: ${answerOf(verdict).summary}`,
    );
    process.exitCode = verified ? 0 : 1;
  } finally {
    witness.closeAllConnections();
    witness.close();
    await ledger.stop().catch(() => undefined);
  }
}

main().catch((error: unknown) => {
  say(`the demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
