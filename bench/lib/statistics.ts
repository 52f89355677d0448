/** A few measurements of one thing, with what a reader may conclude from them and no more. */
export interface Summary {
  n: number;
  median: number;
  best: number;
  worst: number;
  values: number[];
}

/** Middle value; of an even number of values the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]];
  return low === undefined || high === undefined ? NaN : (low + high) / 2;
}

/** Sums up measurements; the values stay, in the order they were measured. */
export function summary(values: readonly number[]): Summary {
  return {
    n: values.length,
    median: median(values),
    best: Math.min(...values),
    worst: Math.max(...values),
    values: [...values],
  };
}
