/** Finds the first record at or after an LSN: what recovery needs to see to know that it is there. Logic only. */
import { locateTime, runOf, type Chain, type Located } from './locate-time';
import type { Probe } from './probe-answer';
import { segmentOf } from '../../workflows/contracts/wal';

/** See the file's head. The record may be the first of the next segment when the rest of this one is padding. */
export async function locateLsn(chain: Chain, lsn: string, probe: Probe, segmentBytes: number): Promise<Located> {
  const at = segmentOf(lsn, segmentBytes) - (chain[0]?.number ?? 0);
  const wanted = chain.slice(at, at + 2).filter((one) => one.timeline === chain[at]?.timeline).length;
  const [newest, answers] = await Promise.all([
    locateTime(chain, undefined, probe, segmentBytes),
    at < 0 || at >= chain.length
      ? []
      : probe({ kind: 'lsn', what: lsn }, [runOf(chain, at, at + wanted - 1, segmentBytes)]),
  ]);
  const answer = answers[0];
  return {
    ...newest,
    opened: newest.opened + (answer?.segments.length ?? 0),
    unreadable: [...newest.unreadable, ...(answer?.failures ?? [])],
    ...(answer?.record ? { stopLsn: answer.record } : {}),
  };
}
