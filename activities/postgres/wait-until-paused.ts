import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplicationFailure } from '@temporalio/common';
import type { PausedCopy, Progress } from '../../workflows/contracts/recovery';
import { drFailure, type DrCode } from '../../workflows/contracts/errors';
import { describeTarget } from '../../workflows/contracts/pitr';
import { inspectContainer } from '../shared/containers';
import { psql, queryJson } from '../shared/psql';
import { isoSql } from '../shared/sql';
import type { StartCopy } from './copy-container';
import { followLog } from './follow-log';
import { newestHeartbeat } from './heartbeat-row';
import { lsnBytes, lsnDistance, readRecoveryLog, segmentLsn, type RecoveryLog } from './recovery-log';

export type Outcome =
  | { paused: Omit<PausedCopy, 'container' | 'volume' | 'durationMs'>; log: string }
  | { failure: ApplicationFailure; neededSettings: Record<string, number>; log: string };

interface ReplayFacts {
  recovering: boolean;
  pause: string;
  replayLsn: string | null;
  lastCommitAt: string | null;
  archiveMode: string;
}

const replaySql = `SELECT json_build_object('recovering', pg_is_in_recovery(),
  'pause', CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() ELSE 'promoted' END,
  'replayLsn', pg_last_wal_replay_lsn(), 'lastCommitAt', ${isoSql('pg_last_xact_replay_timestamp()')},
  'archiveMode', current_setting('archive_mode'))`;

/** How long the archive may fail to give what pre-flight saw in it (`latest`), milliseconds. */
const archiveWaitMs = 30_000;

/** Follows a starting copy until it stands paused at its target, or has failed to. */
export async function waitUntilPaused(
  args: StartCopy,
  container: string,
  beat: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const log = await followLog(args.site, container);
  const progress = progressOf(args);
  let waitingSince: number | undefined;
  try {
    for (;;) {
      signal.throwIfAborted();
      const ended = log.ended();
      const seen = readRecoveryLog(log.text());
      // Only a server that ended has failed: FATAL alone is also what a client gets that asks too early.
      if (ended) {
        if ((await inspectContainer(args.site, container))?.State.Running)
          throw drFailure('DR-ENGINE', `the engine stopped sending the log of ${container}`, { retry: true });
        return failed(args, seen, log.text());
      }
      if (seen.waitingFor) waitingSince ??= Date.now();
      if (waitingSince !== undefined && Date.now() - waitingSince > archiveWaitMs)
        return failed(args, seen, log.text());
      if (seen.acceptsReaders && (seen.pausing || args.target.kind === 'latest')) {
        const facts = await queryJson<ReplayFacts>(args.site, container, replaySql, { signal }).catch(() => undefined);
        const paused = facts && (await pausedAt(args, container, seen, facts, signal));
        if (paused) return { paused, log: log.text() };
      } else if (seen.acceptsReaders && seen.parametersTooLow) return failed(args, seen, log.text());
      beat(progress(seen));
      // `latest` has no line for the end of the archive, so it is looked for; everything else the log announces.
      await Promise.race([log.more(), sleep(seen.pausing || args.target.kind === 'latest' ? 100 : 1000)]);
    }
  } finally {
    log.close();
  }
}

/** The copy's facts when it stands where it should, else undefined. */
async function pausedAt(
  args: StartCopy,
  container: string,
  seen: RecoveryLog,
  facts: ReplayFacts,
  signal: AbortSignal,
): Promise<Omit<PausedCopy, 'container' | 'volume' | 'durationMs'> | undefined> {
  if (!facts.recovering || !facts.replayLsn) return undefined;
  if (facts.archiveMode !== 'off')
    throw drFailure(
      'DR-COPY-NOT-ISOLATED',
      `container ${container} runs with archive_mode=${facts.archiveMode}, expected off`,
    );
  if (facts.pause !== 'paused') {
    if (args.target.kind === 'latest' && atArchiveEnd(args, seen, facts.replayLsn))
      await psql(args.site, container, 'DO $dr$ BEGIN PERFORM pg_wal_replay_pause(); END $dr$', { signal });
    return undefined;
  }
  const lastCommitAt = facts.lastCommitAt ?? (await newestHeartbeat(args, container));
  return {
    replayLsn: facts.replayLsn,
    timeline: seen.lastSegment ? Number.parseInt(seen.lastSegment.slice(0, 8), 16) : 0,
    ...(lastCommitAt ? { lastCommitAt } : {}),
    ...(seen.firstExcluded ? { firstExcluded: seen.firstExcluded } : {}),
    logLine:
      seen.stopLine ?? `waiting for WAL that the archive does not hold, at ${seen.waitingFor ?? facts.replayLsn}`,
    walBytesReplayed: seen.redoStart ? lsnDistance(seen.redoStart, facts.replayLsn) : 0,
  };
}

/**
 * In standby mode the server says where it waits once the archive has nothing more (PostgreSQL 15 and later). An archive
 * that fails for a moment looks the same, so what is known to be there must have been replayed as well.
 */
function atArchiveEnd(args: StartCopy, seen: RecoveryLog, replayLsn: string): boolean {
  if (seen.waitingFor === undefined) return false;
  return args.targetLsn === undefined || lsnBytes(replayLsn) >= lsnBytes(args.targetLsn);
}

function failed(args: StartCopy, seen: RecoveryLog, log: string): Outcome {
  const target = describeTarget(args.target);
  const code = failureCode(seen);
  const needs = Object.entries(seen.neededSettings).map(([name, value]) => `${name} must be at least ${value}`);
  const last = /last completed transaction was at log time .*/.exec(log)?.[0];
  const lines = log.trim().split('\n').slice(-4).join(' | ').slice(-600);
  const message = [
    `the copy in volume ${args.volume} did not reach ${target}`,
    ...needs,
    ...(last ? [last] : []),
    `the server said: ${seen.fatal?.line ?? lines}`,
  ].join('; ');
  return { failure: drFailure(code, message, { details: { log: lines } }), neededSettings: seen.neededSettings, log };
}

function failureCode(seen: RecoveryLog): DrCode {
  if (seen.fatal) return seen.fatal.code;
  if (seen.parametersTooLow) return 'DR-PARAMETER-TOO-LOW';
  return seen.waitingFor ? 'DR-RECOVERY-ENDED-EARLY' : 'DR-COPY-NOT-STARTED';
}

/** Progress from the log alone: it names each segment when it is taken from the archive. */
function progressOf(args: StartCopy): (seen: RecoveryLog) => Progress {
  const began = Date.now();
  let first: { at: number; bytes: number } | undefined;
  return (seen) => {
    const total = args.walBytes;
    const lsn = seen.lastSegment ? segmentLsn(seen.lastSegment) : undefined;
    const done = Math.min(total || Infinity, Math.max(0, seen.restoredSegments - 1) * 16_777_216);
    first ??= done > 0 ? { at: Date.now(), bytes: done } : undefined;
    const rate =
      first && Date.now() > first.at && done > first.bytes
        ? (done - first.bytes) / (Date.now() - first.at)
        : args.database.rates.replay / 1000;
    const leftMs = total > 0 && rate > 0 ? Math.max(0, Math.round((total - done) / rate)) : undefined;
    const what = `replaying WAL to ${describeTarget(args.target)}`;
    return {
      what,
      doneBytes: done,
      totalBytes: total,
      ...(lsn ? { lsn } : {}),
      ...(args.targetLsn ? { targetLsn: args.targetLsn } : {}),
      ...(leftMs === undefined ? {} : { leftMs }),
      text: lsn
        ? `${what}: at ${lsn}, ${(done / 1_048_576).toFixed(0)} of ${(total / 1_048_576).toFixed(0)} MB`
        : `${what}: the server starts (${((Date.now() - began) / 1000).toFixed(1)} s)`,
    };
  };
}
