import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { writePlan } from '../../plan';
import { platformDown } from '../../platform/lifecycle';
import { controlPlaneDown } from '../../scripts/control-plane/down';
import { controlPlaneUp } from '../../scripts/control-plane/up';
import { checkout } from '../../scripts/set-up/paths';
import { measureActivityCost } from '../activity-cost/measure';
import { ownControlPlane } from '../lib/control-plane';
import { machine } from '../lib/machine';
import { count, size } from '../lib/options';
import { log, ms } from '../lib/print';
import { afterwards, lock, tidily, wasInterrupted } from '../lib/tidy';
import { recoverByHand, stopByHand } from './by-hand';
import { total, type PhaseTimes } from './phases';
import { Product, type ProductRun } from './product';
import { measureRefusal } from './refusal';
import { render } from './render';
import { resetStand } from './reset';
import { resultOf, type PitrResult } from './result';
import { buildStand, project, type Stand } from './stand';
import { measureWorkerKilled } from './worker-killed';

interface Options {
  size: number;
  wal: number;
  runs: number;
  ports: number;
  json?: boolean;
}

/** `bench pitr`: the product against a script by hand, on the same data, in one run. */
export function pitrCommand(): Command {
  return new Command('pitr')
    .description('point-in-time recovery: the product and a script by hand on the same data, side by side')
    .option('--size <size>', 'data, powers of 1000 (default 1.5GB)', size, 1_500_000_000)
    .option('--wal <size>', 'WAL between the backup and the target (default 1.7GB)', size, 1_700_000_000)
    .option('--runs <n>', 'recoveries each way (default 3)', count(50), 3)
    .option(
      '--ports <offset>',
      'added to every port of the platform and of Temporal (default 20000)',
      count(24_000),
      20_000,
    )
    .option('--json', 'print all numbers as one JSON object')
    .addHelpText(
      'after',
      `
A quick look:  npm run bench -- pitr --size 100MB --wal 100MB --runs 1
Into a file:   npm run -s bench -- pitr --json >pitr.json   (-s: without npm's own lines)
It needs about six times the data in disk space, and works on a platform, a Temporal server and volumes of its own
(project ${project}, ports of its own), which it removes at the end, also on Ctrl-C.
Exit code 0: measured, whatever the numbers; 1: a recovery failed or could not be set up.`,
    )
    .action(async (options: Options) => {
      try {
        const result = await tidily(() => measure(options));
        process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${render(result)}\n`);
      } catch (error) {
        process.stderr.write(`bench pitr: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
      }
    });
}

async function measure({ size: data, wal, runs, ports }: Options): Promise<PitrResult> {
  lock(project);
  const on = await machine();
  if (on.load > on.processors / 2)
    log(
      `the load is ${on.load.toFixed(1)} on ${on.processors} processors: something else is at work, and it will show`,
    );
  afterwards('removing the platform', () => platformDown({ project, anyCheckout: true }));
  // Undone before the platform is: a worker could still make something on it.
  const home = ownControlPlane(project, 7233 + ports);
  afterwards('stopping the script', stopByHand);
  await sweep(home);

  const stand = await buildStand(data, wal, ports);
  await writePlan(stand.plan, join(home, 'plan.yaml'), checkout);
  const { address } = await controlPlaneUp();
  const product = await Product.connect(address, stand);
  log(`Temporal and the workers are ready at ${address}`);
  try {
    const activityCost = await measureActivityCost(address);
    const { byProduct, byHand } = await sideBySide(stand, product, runs);
    const refusal = await measureRefusal(product, 5);
    const killed = await measureWorkerKilled(product, stand.database.site, Math.min(runs, 3));
    return resultOf({ on, stand, requested: { data, wal }, byProduct, byHand, activityCost, refusal, killed });
  } finally {
    // A call that the client is still repeating would throw out of its timer.
    if (!wasInterrupted()) await product.close();
  }
}

/** A bench that was killed hard left its things behind. */
async function sweep(home: string): Promise<void> {
  await controlPlaneDown();
  await platformDown({ project, anyCheckout: true });
  rmSync(home, { recursive: true, force: true });
}

/**
 * One recovery each way to warm up, which is not counted, then `runs` of each: A B B A A B …, so that a machine that
 * gets slower or faster meanwhile favours neither.
 */
async function sideBySide(
  stand: Stand,
  product: Product,
  runs: number,
): Promise<{ byProduct: ProductRun[]; byHand: PhaseTimes[] }> {
  const byProduct: ProductRun[] = [];
  const byHand: PhaseTimes[] = [];
  for (let round = 0; round <= runs; round += 1) {
    for (const way of round % 2 ? ['product', 'script'] : ['script', 'product']) {
      await resetStand(stand);
      const said = round === 0 ? 'warm-up' : `${round} of ${runs}`;
      if (way === 'product') {
        const one = await product.recover();
        log(`product, ${said}: ${ms(one.total)}`);
        if (round > 0) byProduct.push(one);
      } else {
        const one = await recoverByHand(stand, round);
        log(`script by hand, ${said}: ${ms(total(one))}`);
        if (round > 0) byHand.push(one);
      }
    }
  }
  await resetStand(stand);
  return { byProduct, byHand };
}
