import { platformDown, platformUp } from '../../platform/lifecycle';
import { portOffset, project } from './names';
import { Pair } from './pair';
import { Shandi } from './shandi';

/**
 * Opens primary and standby for the tests of a file, with a guard that watches them unless a file wants none. After each
 * test what it planted is taken back, and the pair must be whole again before the next: one that cannot be is made anew, so
 * that one broken test does not break the others.
 */
export function usePair(give: (pair: Pair) => void, { guarded = true }: { guarded?: boolean } = {}): void {
  let shandi: Shandi;
  let pair: Pair;
  before(async function () {
    this.timeout(120_000);
    shandi = await Shandi.open();
    give((pair = new Pair(shandi)));
    await pair.plan();
    await pair.quiet(90_000);
  });
  beforeEach(async function () {
    this.timeout(60_000);
    if (guarded) await pair.guard();
  });
  afterEach(async function () {
    this.timeout(300_000);
    if (this.currentTest?.state === 'failed') console.log((await pair.stories()).replace(/^/gm, '      '));
    await shandi.stopLedger();
    await pair.unguard();
    await pair.endRuns();
    await pair.undoPlanted();
    await pair.plan();
    await whole(pair);
  });
  after(() => shandi.close());
}

async function whole(pair: Pair): Promise<void> {
  try {
    await pair.quiet(3_000);
    return;
  } catch {
    // What a test left half-way, the product puts right, as it would for an operator.
  }
  try {
    await pair.reprotect({ approvalTimeoutMs: 60_000 });
    await pair.quiet(20_000);
  } catch (error) {
    console.log(`      the platform is made anew: ${(error as Error).message.split('\n')[0]}`);
    await pair.endRuns();
    await platformDown({ project });
    await platformUp({ project, portOffset });
  }
}
