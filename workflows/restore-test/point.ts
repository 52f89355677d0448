/**
 * A moment that a backup reaches. Pure.
 * @param stoppedAt end of the backup; pgBackRest cuts it to whole seconds, so the first moment is a second later
 * @param last last commit that is reachable; a moment at or after it would prove no more than the end of the archive
 * @param draw 0 to 1, 1 excluded
 * @returns UTC; undefined: there is none between the two
 */
export function randomPoint(stoppedAt: string | undefined, last: string | undefined, draw: number): string | undefined {
  if (stoppedAt === undefined || last === undefined) return undefined;
  const from = Date.parse(stoppedAt) + 1000;
  const to = Date.parse(last);
  if (!(from < to)) return undefined;
  return new Date(from + Math.floor(draw * (to - from))).toISOString();
}
