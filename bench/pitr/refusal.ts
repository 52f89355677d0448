import { log, ms } from '../lib/print';
import { summary, type Summary } from '../lib/statistics';
import type { Product } from './product';

/** Milliseconds from asking for a run to its refusal, by why its target cannot be had. */
export interface Refusal {
  /** Later than anything the primary has written: refused by the primary, and the archive is only looked at for other reasons. */
  ahead: Summary;
  /** Older than the first backup: refused by what the repository holds. */
  tooOld: Summary;
  all: Summary;
}

const day = 86_400_000;

/** Asks for targets that cannot be had, a few times each; the first of each warms up and is not counted. */
export async function measureRefusal(product: Product, runs: number): Promise<Refusal> {
  const times = { ahead: [] as number[], tooOld: [] as number[] };
  for (let round = 0; round <= runs; round += 1) {
    for (const [why, away] of [
      ['ahead', day],
      ['tooOld', -day],
    ] as const) {
      const took = await product.refused(new Date(Date.now() + away).toISOString());
      if (round > 0) times[why].push(took);
    }
  }
  const all = summary([...times.ahead, ...times.tooOld]);
  log(`unreachable target refused after ${ms(all.median)}, at worst ${ms(all.worst)}`);
  return { ahead: summary(times.ahead), tooOld: summary(times.tooOld), all };
}
