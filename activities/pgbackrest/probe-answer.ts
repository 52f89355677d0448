/** What is asked of WAL segments and what comes back. Pure functions. */
import { parseLsn, parseTransactionEnd, parseXidMark, type TransactionEnd, type XidMark } from './waldump';

/** `time`: UTC with microseconds. `latest`: only where transactions end. */
export type Question = { kind: 'time' | 'lsn' | 'xid' | 'name'; what: string } | { kind: 'latest' };

/** Facts about a run of consecutive segments. */
export interface ProbeRun {
  /** As asked for; up to the first one that could not be had. */
  segments: string[];
  failures: { segment: string; exitCode: number; message: string }[];
  /** Last transaction end of each megabyte that has one, in WAL order. */
  ends: TransactionEnd[];
  /** First transaction end later than the time asked for. */
  beyond?: TransactionEnd;
  /** End of the transaction asked for. */
  found?: TransactionEnd;
  /** LSNs of the restore point asked for. */
  restorePoints: string[];
  /** LSN of the first record at or after the LSN asked for. */
  record?: string;
  xidMarks: XidMark[];
}

/** Opens runs of segments, each run in one dump, so that records across a segment's border are seen too. */
export type Probe = (question: Question, runs: string[][]) => Promise<ProbeRun[]>;

/** Reads the tagged lines of the probe script for one run. */
export function parseProbeRun(run: string[], answer: string): ProbeRun {
  const result: ProbeRun = { segments: [], failures: [], ends: [], restorePoints: [], xidMarks: [] };
  for (const line of answer.split('\n')) {
    const body = line.slice(2);
    switch (line.slice(0, 2)) {
      case 'L ':
        push(result.ends, parseTransactionEnd(body));
        break;
      case 'X ':
        result.beyond ??= parseTransactionEnd(body);
        break;
      case 'C ':
        result.found ??= parseTransactionEnd(body);
        break;
      case 'R ':
        push(result.restorePoints, parseLsn(body));
        break;
      case 'Q ':
        result.record ??= parseLsn(body);
        break;
      case 'N ':
        push(result.xidMarks, parseXidMark(body));
        break;
      case 'E ': {
        const [segment = '', code = '', ...message] = body.split(' ');
        result.failures.push({ segment, exitCode: Number(code), message: message.join(' ').trim() });
        break;
      }
    }
  }
  const failed = new Set(result.failures.map((one) => one.segment));
  const firstFailed = run.findIndex((one) => failed.has(one.replace('pg_wal/', '')));
  result.segments = firstFailed < 0 ? run : run.slice(0, firstFailed);
  return result;
}

function push<T>(list: T[], value: T | undefined): void {
  if (value !== undefined) list.push(value);
}
