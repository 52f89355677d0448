import { join } from 'node:path';
import { drHome, root } from '../../activities/shared/paths';
import { loadPlan } from '../../plan';
import { planPath } from '../../activities/evidence/pin-plan';
import { searchAttributeNames } from '../../workflows/contracts/names';
import { addressOf } from '../../workers/metrics/address';
import { toolPaths } from '../set-up/paths';

/** Ports of the embedded control plane: `DR_TEMPORAL_PORT` (default 7233) and `DR_TEMPORAL_UI_PORT` (default port + 1000). */
export function ports(): { server: number; ui: number } {
  const server = port('DR_TEMPORAL_PORT', 7233);
  return { server, ui: port('DR_TEMPORAL_UI_PORT', server + 1000) };
}

function port(name: string, otherwise: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new Error(`environment variable ${name} is "${text}", expected a port from 1 to 65535`);
}

/** One process of the control plane. */
export interface Child {
  name: string;
  command: string;
  args: string[];
  /** Printed on standard output when it is ready; absent: ready when its port answers. */
  readyLine?: string;
  /** Variables of its own, beside those of the supervisor. */
  env?: Record<string, string>;
}

/**
 * The development server of Temporal with its state in a file, tuned for an orchestrator of many short steps: each history
 * shard polls its queues 20 times a second by default, which costs 100 ms per activity. WAL mode survives a killed process.
 */
export function temporalServer(): Child {
  const { server, ui } = ports();
  const attributes = searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=Keyword`]);
  const tuning = ['history.transferProcessorMaxPollRPS', 'history.timerProcessorMaxPollRPS'].flatMap((key) => [
    '--dynamic-config-value',
    `${key}=2000`,
  ]);
  return {
    name: 'temporal',
    command: toolPaths().temporal,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(server), '--ui-port', String(ui)],
      ...['--db-filename', join(drHome(), 'temporal.sqlite'), '--sqlite-pragma', 'journal_mode=wal'],
      ...['--sqlite-pragma', 'synchronous=normal', '--log-level', 'error', '--ui-disable-news-fetch'],
      ...attributes,
      ...tuning,
    ],
  };
}

/**
 * The control worker, and one site worker for each site of the plan. Metrics: the control worker answers Prometheus at
 * `DR_METRICS_ADDRESS`, the site workers at the ports that follow, in the order of the plan.
 */
export async function workers(): Promise<Child[]> {
  const { plan } = await loadPlan(planPath());
  const worker = (index: number, name: string, file: string, readyLine: string, ...args: string[]): Child => ({
    name,
    command: process.execPath,
    args: ['--import', require.resolve('tsx'), join(root(), 'workers', file), ...args],
    readyLine,
    env: { DR_METRICS_ADDRESS: addressOf(index) ?? '' },
  });
  return [
    worker(0, 'control', 'control.ts', 'ready dr-control'),
    ...plan.sites.map((site, index) =>
      worker(index + 1, `site-${site.name}`, 'site.ts', `ready dr-site-${site.name}`, site.name),
    ),
  ];
}
