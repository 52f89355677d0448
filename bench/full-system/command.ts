import { Command } from 'commander';
import { Client, Connection } from '@temporalio/client';
import { machine, type Machine } from '../lib/machine';
import { count } from '../lib/options';
import { log, ms, table } from '../lib/print';
import { buildStand } from '../lib/stand';
import { summary, type Summary } from '../lib/statistics';
import { afterwards, lock, tidily } from '../lib/tidy';
import { measureGrowth, sizes, type Growth } from './growth';
import { byHand, byProduct, killAll, settle, type Outcome } from './measure';

const project = 'shandi-bench-system';

interface Options {
  runs: number;
  ports: number;
  growth: boolean;
  json?: boolean;
}

type Row = Record<keyof Outcome, Summary>;

interface Result {
  bench: 'full-system';
  at: string;
  machine: Machine;
  runs: number;
  script: Row;
  product: Row;
  /** Parts of the script's time, by the middle values. */
  ratios: { all: number; critical: number };
  bars: { all: number; critical: number };
  growth: Growth[];
  method: string[];
}

const bars = { all: 1.2, critical: 0.5 };
const method = [
  'Every container of the platform is killed; then a plain script (compose up -d, ask every service until it answers) and the product bring it back, in turn, on the same machine in one run.',
  'Times are those of one outside client that asks for the same pages every 50 ms for both, from the moment the recovery was asked for. "done": the script has ended; the run has placed an order and a payment and verified.',
  'Bars: all services ≤ 1.2 × the script, critical services ≤ 0.5 × the script’s time for all.',
  `Growth: plans of ${sizes.join(', ')} services against a simulated engine, on a Temporal server of its own.`,
];

/** `bench full-system`: everything is dead, and the product is measured beside a plain script. */
export function fullSystemCommand(): Command {
  return new Command('full-system')
    .description('everything is dead: the product beside a plain script; and how a recovery grows with the plan')
    .option('--runs <n>', 'runs of each (default 5)', count(50), 5)
    .option('--no-growth', 'leave out the plans of 150 and 1500 services')
    .option('--ports <offset>', 'added to every port (default 23000)', count(24_000), 23_000)
    .option('--json', 'print all numbers as one JSON object')
    .addHelpText(
      'after',
      `
Takes about five minutes. Works on a platform, a Temporal server and volumes of its own (project ${project}), which it removes
at the end, also on Ctrl-C. Exit code 0: measured, whatever the numbers; 1: a run could not be measured or set up.`,
    )
    .action(async (options: Options) => {
      try {
        const result = await tidily(() => measureAll(options));
        process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${render(result)}\n`);
      } catch (error) {
        process.stderr.write(`bench full-system: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
      }
    });
}

async function measureAll({ runs, ports, growth }: Options): Promise<Result> {
  lock(project);
  const on = await machine();
  const stand = await buildStand(project, ports);
  const connection = await Connection.connect({ address: stand.address });
  afterwards('closing the connection', () => connection.close());
  const client = new Client({ connection });
  const script: Outcome[] = [];
  const product: Outcome[] = [];
  // The first of each warms up and is not counted.
  for (let round = 0; round <= runs; round += 1) {
    for (const [name, list, recover] of [
      ['script', script, () => byHand(stand)],
      ['product', product, () => byProduct(stand, client)],
    ] as const) {
      await settle(stand);
      await killAll(stand);
      const outcome = await recover();
      if (round > 0) list.push(outcome);
      log(`${name}: critical ${ms(outcome.critical)}, all ${ms(outcome.all)}, done ${ms(outcome.done)}`);
    }
  }
  const [hand, own] = [rowOf(script), rowOf(product)];
  return {
    bench: 'full-system',
    at: new Date().toISOString(),
    machine: on,
    runs,
    script: hand,
    product: own,
    ratios: { all: own.all.median / hand.all.median, critical: own.critical.median / hand.all.median },
    bars,
    growth: growth ? await measureGrowth() : [],
    method,
  };
}

const rowOf = (outcomes: Outcome[]): Row => ({
  critical: summary(outcomes.map((one) => one.critical)),
  all: summary(outcomes.map((one) => one.all)),
  done: summary(outcomes.map((one) => one.done)),
});

function render({ at, machine: on, runs, script, product, ratios, growth }: Result): string {
  const line = (name: string, row: Row): string[] => [
    name,
    ...(['critical', 'all', 'done'] as const).flatMap((key) => [ms(row[key].median), ms(row[key].worst)]),
  ];
  const met = (ratio: number, bar: number): string =>
    `${ratio.toFixed(2)}, bar ≤ ${bar}: ${ratio <= bar ? 'met' : 'missed'}`;
  return [
    [
      `Full system, ${at.slice(0, 16).replace('T', ' ')} UTC, ${runs} runs of each`,
      `${on.processors} × ${on.model}, ${(on.memoryBytes / 1e9).toFixed(0)} GB, ${on.system}, load ${on.load.toFixed(1)} at the start`,
      `${on.postgres}, Docker ${on.docker}, ${on.temporal}, Node ${on.node}`,
    ].join('\n'),
    table([
      ['', 'critical', 'worst', 'all', 'worst', 'done', 'worst'],
      line('script', script),
      line('product', product),
    ]),
    `all services, part of the script's time: ${met(ratios.all, bars.all)}\ncritical services, part of the script's time for all: ${met(ratios.critical, bars.critical)}`,
    growth.length === 0
      ? ''
      : table([
          ['services', 'order made in', 'critical', 'all', 'history events', 'history'],
          ...growth.map((one) => [
            String(one.services),
            ms(one.orderMs),
            ms(one.criticalMs),
            ms(one.allMs),
            String(one.events),
            `${(one.bytes / 1000).toFixed(0)} kB`,
          ]),
        ]),
    method.map((one) => `- ${one}`).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}
