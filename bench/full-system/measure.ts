import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { compose } from '../../platform/lifecycle/compose';
import { composeFile, envFile } from '../../platform/lifecycle/layout';
import { connection, queryOnce, until } from '../../platform/lifecycle/probe';
import { SERVICES } from '../../platform/lifecycle/services';
import { run } from '../../platform/run';
import { controlQueue } from '../../workflows/contracts/names';
import type { Report, RunView } from '../../workflows/contracts/run-view';
import type { Stand } from '../lib/stand';
import { story } from '../lib/story';
import { untilServed } from './observe';

/** One recovery from the same dead state, milliseconds from when it was asked for; seen from outside. */
export interface Outcome {
  /** Pages of the critical services through the gateway. */
  critical: number;
  /** Health pages of all services, and every page through the gateway. */
  all: number;
  /** It says that it is done: the script has ended, the run has verified. */
  done: number;
}

const criticalPages = ['/health', '/api/orders?limit=1', '/api/payments?limit=1'];
const otherPages = ['/api/menus/1', '/api/properties?limit=1', '/api/content?limit=1', '/api/messages'];

/** Kills every container of the stand, as a power failure would. */
export async function killAll({ project }: Stand): Promise<void> {
  const { stdout } = await run('docker', ['ps', '-q', '--filter', `label=com.docker.compose.project=${project}`]);
  await run('docker', ['kill', ...stdout.trim().split('\n')]);
}

/** Everything is as before: also what the recovery that was measured did not wait for. */
export async function settle({ project, env }: Stand): Promise<void> {
  await compose(project, 'prod', ['up', '-d']);
  for (const port of ['POSTGRES_PORT', 'STANDBY_PORT'] as const)
    await until(`the server at ${port} answers`, () =>
      queryOnce(connection(env, port), 'SELECT 1').then((rows) => rows[0]),
    );
  await sleep(2_000);
}

async function observed(stand: Stand, recover: () => Promise<void>): Promise<Outcome> {
  const gateway = `http://127.0.0.1:${stand.env['NGINX_PORT'] ?? ''}`;
  const health = SERVICES.map(({ portName }) => `http://127.0.0.1:${stand.env[portName] ?? ''}/health`);
  const ended = new AbortController();
  const began = Date.now();
  const critical = untilServed(
    criticalPages.map((page) => gateway + page),
    began,
    ended.signal,
  );
  const all = untilServed([...health, ...otherPages.map((page) => gateway + page)], began, ended.signal);
  const done = recover().then(() => Date.now() - began);
  try {
    const [first, every, over] = await Promise.all([critical, all, done]);
    return { critical: first, all: Math.max(first, every), done: over };
  } finally {
    ended.abort();
    await Promise.allSettled([critical, all, done]);
  }
}

/** A plain script, in the hand of somebody who began at once. */
export const byHand = (stand: Stand): Promise<Outcome> =>
  observed(stand, async () => {
    const env = {
      ...process.env,
      PROJECT: stand.project,
      FILE: composeFile('prod'),
      ENV_FILE: envFile(stand.project),
    };
    const ports = SERVICES.map(({ portName }) => stand.env[portName] ?? '');
    await run('bash', [join(__dirname, 'by-hand.sh'), ...ports], { env, timeoutMs: 180_000 });
  });

/** The product: one run, started when the script is. */
export const byProduct = (stand: Stand, client: Client): Promise<Outcome> =>
  observed(stand, async () => {
    const handle = await client.workflow.start('fullSystemRecovery', {
      taskQueue: controlQueue,
      workflowId: 'recover.system',
      args: [{ reason: 'bench', by: 'bench', protect: false, tell: false }],
    });
    const report = (await handle.result().catch(async (error: Error) => {
      const view = await handle.query<RunView>('run').catch(() => undefined);
      throw new Error(`${error.message}\n${view ? story(view) : ''}`);
    })) as Report;
    if (report.view.verdict !== 'met') throw new Error(`the run ended ${report.view.verdict}\n${story(report.view)}`);
  });
