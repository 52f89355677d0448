/**
 * Returns a function that runs what it is given one at a time, in order. Two components may want the package manager (which has
 * one lock) or the Go compiler (which uses every core by itself) at the same moment.
 */
export function serial(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
