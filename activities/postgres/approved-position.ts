/** Whether a copy still is what was approved: it stands paused at that position, or was promoted at it. Pure functions. */

/** What a copy says of itself. */
export interface CopyStanding {
  recovering: boolean;
  /** Paused in recovery. */
  paused: boolean;
  /** Replay position; null once it has left recovery and nothing was replayed since its start. */
  replayLsn: string | null;
  /** Content of the history file of the timeline it writes on; null in recovery and on timeline 1. */
  history: string | null;
}

/**
 * Position at which a server left the timeline before its own: the last line of its `.history` file, which names the
 * timeline and the LSN where it was left (PostgreSQL manual 26.3.6). Undefined when the text has no such line.
 */
export function forkLsn(history: string): string | undefined {
  const lines = history.split('\n').flatMap((line) => /^\s*\d+\s+([0-9A-Fa-f]+\/[0-9A-Fa-f]+)/.exec(line)?.[1] ?? []);
  return lines.at(-1);
}

/**
 * Why a copy no longer is what was approved, as the end of a sentence; undefined when it is.
 * @param approved replay position that the approval names
 */
export function movedFrom(approved: string, copy: CopyStanding): string | undefined {
  if (copy.recovering) {
    if (copy.replayLsn !== approved)
      return `it stands at ${copy.replayLsn ?? 'an unknown position'}, approved was ${approved}`;
    return copy.paused ? undefined : `it stands at ${approved} as approved, but is no longer paused`;
  }
  const fork = copy.history === null ? undefined : forkLsn(copy.history);
  return fork === approved
    ? undefined
    : `it was promoted already, at ${fork ?? 'an unknown position'}, approved was ${approved}`;
}
