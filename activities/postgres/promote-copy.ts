import { setTimeout as sleep } from 'node:timers/promises';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt, PausedCopy, PromotedCopy } from '../../workflows/contracts/recovery';
import { drFailure, problemOf } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { withHeartbeat } from '../shared/heartbeat';
import { psql, queryJson } from '../shared/psql';
import { timelineSql } from '../shared/sql';
import { movedFrom, type CopyStanding } from './approved-position';
import { demandOwnCopy } from './own-copy';

interface Standing extends CopyStanding {
  /** It stands at a target, so resuming ends recovery; else (`latest`) it follows the archive and must be promoted. */
  hasTarget: boolean;
  /** A configuration file, not only our command line, names synchronous standbys. */
  waitsForStandby: boolean;
  /** A file beside postgresql.auto.conf has a restore_command, so the one the restore wrote can go. */
  ownRestoreCommand: boolean;
}

const standingSql = `SELECT json_build_object('recovering', pg_is_in_recovery(),
  'paused', CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() = 'paused' ELSE false END,
  'replayLsn', pg_last_wal_replay_lsn(),
  'history', CASE WHEN pg_is_in_recovery() THEN NULL
     ELSE pg_read_file('pg_wal/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '.history', 0, 1000000, true) END,
  'hasTarget', EXISTS (SELECT FROM pg_settings WHERE name IN ('recovery_target', 'recovery_target_lsn', 'recovery_target_name',
     'recovery_target_time', 'recovery_target_xid') AND setting <> ''),
  'waitsForStandby', EXISTS (SELECT FROM pg_file_settings WHERE name = 'synchronous_standby_names' AND setting <> ''),
  'ownRestoreCommand', EXISTS (SELECT FROM pg_file_settings WHERE name = 'restore_command' AND setting <> ''
     AND sourcefile NOT LIKE '%postgresql.auto.conf'))`;

/**
 * What a restore leaves behind. With a target left in, a standby built from this server freezes at the first commit
 * while pg_stat_replication says `streaming`; with archive_mode left off there is no point-in-time recovery any more.
 */
const leftovers = [
  'recovery_target',
  'recovery_target_action',
  'recovery_target_inclusive',
  'recovery_target_lsn',
  'recovery_target_name',
  'recovery_target_time',
  'recovery_target_timeline',
  'recovery_target_xid',
  'archive_mode',
];

/** How long a copy that is leaving recovery is waited for, milliseconds. */
const settleMs = 10_000;

/**
 * Ends recovery of the copy at its target and makes it a primary on a new timeline; clears the recovery settings and
 * writes a checkpoint. Irreversible for the copy. A copy that is promoted already is only cleaned and read. Either way it
 * must be what was approved: paused at that very position, or promoted at it.
 * @param copy the copy that was approved
 * @param deadlineMs how long the server may take to leave recovery (default 60 000)
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-PROMOTE
 */
export async function promoteCopy(
  args: DatabaseAt & {
    copy: Pick<PausedCopy, 'container' | 'replayLsn'>;
    approval: ApprovalReference;
    deadlineMs?: number;
  },
): Promise<PromotedCopy> {
  demandApproval(args.approval);
  const began = Date.now();
  const deadlineMs = args.deadlineMs ?? 60_000;
  return withHeartbeat('promoting the copy', async (_beat, signal) => {
    const copy = (await demandOwnCopy(args.site, args.copy.container)).Id;
    const standing = await settled(args, copy, signal);
    const moved = movedFrom(args.copy.replayLsn, standing);
    if (moved)
      throw drFailure('DR-PROMOTE', `copy ${args.copy.container}: the copy is no longer what was approved: ${moved}`, {
        next: 'Abort and start again: what would be promoted now was shown to nobody.',
      });
    const statements = [
      ...(standing.recovering ? [leaveRecovery(standing), waitForPrimary(deadlineMs)] : []),
      ...leftovers.map((name) => `ALTER SYSTEM RESET ${name}`),
      ...(standing.ownRestoreCommand ? ['ALTER SYSTEM RESET restore_command'] : []),
      // A promoted server that waits for a standby it does not have hangs at its first write, for ever.
      ...(standing.waitsForStandby ? [`ALTER SYSTEM SET synchronous_standby_names = ''`] : []),
      'CHECKPOINT',
      `SELECT json_build_object('timeline', ${timelineSql}, 'lsn', pg_current_wal_lsn(),
         'history', pg_read_file('pg_wal/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '.history'),
         'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()), 'recovering', pg_is_in_recovery())`,
    ];
    let text: string;
    try {
      text = await psql(args.site, copy, statements, { signal, timeoutMs: deadlineMs + 300_000 });
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = problemOf(error);
      if (code === 'DR-SQL') throw drFailure('DR-PROMOTE', `copy ${args.copy.container}: ${message}`);
      throw error;
    }
    const { recovering, ...facts } = JSON.parse(text) as Omit<PromotedCopy, 'durationMs'> & { recovering: boolean };
    if (recovering) throw drFailure('DR-PROMOTE', `copy ${args.copy.container} is still in recovery`);
    return { ...facts, durationMs: Date.now() - began };
  });
}

/**
 * The copy's state once it does not move. An earlier try may have told it to leave recovery and died: for a moment it is
 * neither paused nor promoted.
 */
async function settled(
  args: DatabaseAt & { copy: { replayLsn: string } },
  copy: string,
  signal: AbortSignal,
): Promise<Standing> {
  const end = Date.now() + settleMs;
  for (;;) {
    const standing = await queryJson<Standing>(args.site, copy, standingSql, { signal });
    const leaving = standing.recovering && !standing.paused && standing.replayLsn === args.copy.replayLsn;
    if (!leaving || Date.now() >= end) return standing;
    await sleep(100, undefined, { signal });
  }
}

const leaveRecovery = (standing: Standing): string =>
  `DO $dr$ BEGIN PERFORM ${standing.hasTarget ? 'pg_wal_replay_resume()' : 'pg_promote(false)'}; END $dr$`;

const waitForPrimary = (deadlineMs: number): string => `DO $dr$
  DECLARE stop timestamptz := clock_timestamp() + interval '${Math.ceil(deadlineMs)} milliseconds';
  BEGIN
    WHILE pg_is_in_recovery() LOOP
      IF clock_timestamp() > stop THEN RAISE EXCEPTION 'the server did not leave recovery within ${Math.ceil(deadlineMs)} ms'; END IF;
      PERFORM pg_sleep(0.01);
    END LOOP;
  END $dr$`;
