/** Reading the log of a PostgreSQL server that recovers (messages in English: the copy runs with lc_messages=C). */
import type { DrCode } from '../../workflows/contracts/errors';

export interface RecoveryLog {
  /** The line that proves where recovery stopped. PostgreSQL source, recoveryStopsBefore/recoveryStopsAfter. */
  stopLine?: string;
  /** It stands at its target and waits to be resumed. */
  pausing: boolean;
  /** First transaction left out, where the line names one. */
  firstExcluded?: { xid: string; at?: string };
  redoStart?: string;
  acceptsReaders: boolean;
  restoredSegments: number;
  lastSegment?: string;
  /** Position at which it waits for WAL that the archive does not have. */
  waitingFor?: string;
  /** Replay paused because a setting is lower than the primary's. */
  parametersTooLow: boolean;
  fatal?: { code: DrCode; line: string };
  /** Settings the server demands, from the DETAIL of the parameter message. */
  neededSettings: Record<string, number>;
}

/** What a recovering server has said so far. */
export function readRecoveryLog(text: string): RecoveryLog {
  const seen: RecoveryLog = {
    pausing: false,
    acceptsReaders: false,
    restoredSegments: 0,
    parametersTooLow: false,
    neededSettings: {},
  };
  for (const line of text.split('\n')) readLine(seen, line);
  return seen;
}

function readLine(seen: RecoveryLog, line: string): void {
  const stop = /LOG: {2}(recovery stopping (before|after|at) .*)$/.exec(line);
  if (stop) {
    seen.stopLine = line.trim();
    const left = /recovery stopping before (?:commit|abort) of (?:prepared )?transaction (\d+)(?:, time (.+))?$/.exec(
      line,
    );
    if (left?.[1]) {
      const at = left[2] ? isoOfLog(left[2]) : undefined;
      seen.firstExcluded = { xid: left[1], ...(at ? { at } : {}) };
    }
    return;
  }
  if (line.includes('pausing at the end of recovery')) seen.pausing = true;
  else if (line.includes('database system is ready to accept read-only connections')) seen.acceptsReaders = true;
  else if (/insufficient parameter settings/.test(line)) seen.parametersTooLow = true;
  const restored = /restored log file "([0-9A-F]{24})" from archive/.exec(line)?.[1];
  if (restored) {
    seen.restoredSegments += 1;
    seen.lastSegment = restored;
  }
  const redo = /redo starts at ([0-9A-F]+\/[0-9A-F]+)/.exec(line)?.[1];
  if (redo) seen.redoStart = redo;
  const waiting = /waiting for WAL to become available at ([0-9A-F]+\/[0-9A-F]+)/.exec(line)?.[1];
  if (waiting) seen.waitingFor = waiting;
  const need = /(max_\w+) = \d+ is a lower setting than on the primary server, where its value was (\d+)/.exec(line);
  if (need?.[1] && need[2]) seen.neededSettings[need[1]] = Number(need[2]);
  // A named cause beats a general one: a client's FATAL may stand before the one that ended recovery.
  const general = !seen.fatal || seen.fatal.code === 'DR-COPY-NOT-STARTED';
  if (general && /\b(FATAL|PANIC): {2}/.test(line) && !isNoise(line))
    seen.fatal = { code: fatalCode(line), line: line.trim() };
}

/** Clients that ask too early are refused with FATAL; that is not recovery failing. */
const isNoise = (line: string): boolean => /the database system is|terminating connection|canceling/.test(line);

/** The failure behind a FATAL line of the startup process. */
export function fatalCode(line: string): DrCode {
  if (line.includes('recovery ended before configured recovery target was reached')) return 'DR-RECOVERY-ENDED-EARLY';
  if (/requested timeline \d+ is not a child of this server's history/.test(line)) return 'DR-WRONG-TIMELINE';
  if (/requested timeline \d+ does not contain minimum recovery point/.test(line)) return 'DR-WRONG-TIMELINE';
  if (/recovery target timeline \d+ does not exist/.test(line)) return 'DR-HISTORY-MISSING';
  if (line.includes('insufficient parameter settings')) return 'DR-PARAMETER-TOO-LOW';
  if (line.includes('requested recovery stop point is before consistent recovery point'))
    return 'DR-TARGET-INSIDE-BACKUP';
  return 'DR-COPY-NOT-STARTED';
}

/** `2026-11-22 17:29:24.890426+00` of the log as ISO 8601; undefined when the log has another zone. */
function isoOfLog(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00| UTC)\s*$/.exec(text);
  return match ? `${match[1]}T${match[2]}Z` : undefined;
}

/** Bytes of an LSN. */
export function lsnBytes(lsn: string): bigint {
  const [high, low] = lsn.split('/');
  return (BigInt(`0x${high ?? '0'}`) << 32n) + BigInt(`0x${low ?? '0'}`);
}

/** Bytes from one LSN to another, never negative. */
export const lsnDistance = (from: string, to: string): number => Math.max(0, Number(lsnBytes(to) - lsnBytes(from)));

/** First LSN of a segment name; `segmentBytes` is wal_segment_size (default 16 MB). */
export function segmentLsn(segment: string, segmentBytes = 16_777_216): string {
  const low = Number.parseInt(segment.slice(16, 24), 16) * segmentBytes;
  return `${Number.parseInt(segment.slice(8, 16), 16).toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`;
}
