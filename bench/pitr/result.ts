import type { ActivityCost } from '../activity-cost/measure';
import type { Machine } from '../lib/machine';
import { summary, type Summary } from '../lib/statistics';
import { phaseNames, total, type Phase, type PhaseTimes } from './phases';
import type { ProductRun } from './product';
import type { Refusal } from './refusal';
import type { Stand } from './stand';
import type { WorkerKilled } from './worker-killed';

/** Bars the numbers are held against. Nothing fails when one is missed: a machine under load would lie. */
export const bars = { ratio: 1.05, activityMs: 20, refusalMs: 1000, workerKilledMs: 5000 } as const;

/** One way of recovering; milliseconds from the start to the client's write. */
export interface Way {
  total: Summary;
  phases: Record<Phase, Summary>;
}

/** Everything the bench measured: what `--json` prints. */
export interface PitrResult {
  bench: 'pitr';
  at: string;
  machine: Machine;
  requested: { data: number; wal: number };
  sizes: Stand['sizes'];
  runs: number;
  product: Way & {
    /** Time the gate was open, taken out of `decide` and `total`. */
    human: Summary;
    historyEvents: Summary;
    historyBytes: Summary;
    /** Steps of each run; milliseconds from the start of the run. */
    steps: ProductRun['steps'][];
  };
  script: Way;
  /** Median of the product by median of the script; and the ratio of each pair of neighbours. */
  ratio: { ofMedians: number; ofPairs: Summary };
  activityCost: ActivityCost;
  refusal: Refusal;
  workerKilled: WorkerKilled;
  bars: typeof bars;
  method: string[];
}

const method = [
  'Both ways restore the same backup and replay the same WAL to the same moment, with the same options, in turns (A B B A …) on one platform; the first pair warms up and is not counted.',
  'Between two recoveries the copy is removed, the damaged server goes on from its own volume, and the archive forgets the timeline of the recovery; the backup label and the timeline are given, so each run reads the same bytes.',
  'The clock runs from asking for the recovery to a committed write that came back through the pooler; the product is approved at once, and the time its gate was open is taken out.',
  'Refusal: from asking for a moment that cannot be had (a day ahead, a day back: before the first backup) to the end of the run, its report written; 5 each after one to warm up.',
  'Both prove from the archive that the target can be reached: the script from a list without holes and the newest segment, the product with the segment that proves it.',
];

/** Puts the measurements together. */
export function resultOf(from: {
  on: Machine;
  stand: Stand;
  requested: { data: number; wal: number };
  byProduct: ProductRun[];
  byHand: PhaseTimes[];
  activityCost: ActivityCost;
  refusal: Refusal;
  killed: WorkerKilled;
}): PitrResult {
  const { byProduct, byHand } = from;
  const product = way(byProduct.map((one) => one.phases));
  const script = way(byHand);
  const pairs = byProduct.map((one, index) => one.total / total(byHand[index] as PhaseTimes));
  return {
    bench: 'pitr',
    at: new Date().toISOString(),
    machine: from.on,
    requested: from.requested,
    sizes: from.stand.sizes,
    runs: byProduct.length,
    product: {
      ...product,
      human: summary(byProduct.map((one) => one.human)),
      historyEvents: summary(byProduct.map((one) => one.history.events)),
      historyBytes: summary(byProduct.map((one) => one.history.bytes)),
      steps: byProduct.map((one) => one.steps),
    },
    script,
    ratio: {
      ofMedians: product.total.median / script.total.median,
      ofPairs: summary(pairs),
    },
    activityCost: from.activityCost,
    refusal: from.refusal,
    workerKilled: from.killed,
    bars,
    method,
  };
}

function way(runs: PhaseTimes[]): Way {
  const phases = Object.fromEntries(phaseNames.map((name) => [name, summary(runs.map((one) => one[name]))]));
  return { total: summary(runs.map(total)), phases: phases as Record<Phase, Summary> };
}
