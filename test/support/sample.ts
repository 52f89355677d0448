/** Long matrices run sampled, and whole with `DR_TEST_WHOLE=1`. The seed of a sample is printed; `DR_TEST_SEED` gives one. */
const whole = process.env['DR_TEST_WHOLE'] === '1';
const seed = Number(process.env['DR_TEST_SEED'] ?? Date.now() % 1_000_000);
let told = false;

/** The numbers from 1 to `all`, or a few. */
export const times = (all: number, few: number): number[] =>
  Array.from({ length: whole ? all : few }, (_, index) => index + 1);

/** Some of the cases, chosen by the seed; all of them with `DR_TEST_WHOLE=1`. */
export function sample<T>(cases: readonly T[], few: number): T[] {
  if (whole || cases.length <= few) return [...cases];
  if (!told) console.log(`  sampled with DR_TEST_SEED=${seed}; DR_TEST_WHOLE=1 runs every case`);
  told = true;
  const next = random(seed);
  return cases
    .map((one) => ({ one, at: next() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, few)
    .map(({ one }) => one);
}

/** Mulberry32: the same numbers for the same seed on every machine. */
function random(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
