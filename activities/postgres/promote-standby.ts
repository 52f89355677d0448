import { escapeIdentifier, escapeLiteral } from 'pg';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { MemberAt, PromotedStandby } from '../../workflows/contracts/cluster';
import { drFailure, problemOf } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { psql } from '../shared/psql';
import { isoSql, timelineSql } from '../shared/sql';

export interface PromoteStandby extends MemberAt {
  approval: ApprovalReference;
  /** What was approved: this cluster, leaving this timeline. */
  systemIdentifier: string;
  formerTimeline: number;
  /** WAL it must hold before it may be promoted, e.g. the shutdown checkpoint of a planned switchover. */
  minReceivedLsn?: string;
  /** It has synchronous_standby_names set: cleared before its first commit, which would wait for ever. */
  clearSynchronous: boolean;
  /** How long it may take to leave recovery (default 60 000). It replays all WAL it has first. */
  deadlineMs?: number;
}

interface Answer {
  timeline: number;
  systemIdentifier: string;
  history: string;
  lastHeartbeatAt: string | null;
  wroteAt: string;
}

/**
 * Makes a standby the primary, and writes the first row on it; one session, because every round trip is down time.
 * A server that this run has promoted already is only read.
 * @throws DR-APPROVAL-MISSING, DR-STANDBY when it was certainly not promoted, DR-PROMOTE, DR-DATABASE-DOWN
 */
export async function promoteStandby(args: PromoteStandby): Promise<PromotedStandby> {
  demandApproval(args.approval);
  const began = Date.now();
  const { site, service, database } = args;
  return withHeartbeat(`promoting ${service}`, async (_beat, signal) => {
    const info = await findService(site, service);
    if (!info?.State.Running)
      throw drFailure('DR-DATABASE-DOWN', `standby ${service} at site ${site.name} does not run`, { retry: true });
    const deadlineMs = args.deadlineMs ?? 60_000;
    const statements = [
      demandApproved(args),
      ...(args.clearSynchronous
        ? [`ALTER SYSTEM SET synchronous_standby_names = ''`, `DO $dr$ BEGIN PERFORM pg_reload_conf(); END $dr$`]
        : []),
      leaveRecovery(deadlineMs),
      firstRow(args),
    ];
    try {
      const text = await psql(site, info.Id, statements, {
        database: database.database,
        signal,
        timeoutMs: deadlineMs + 10_000,
        warm: true,
      });
      const { history, lastHeartbeatAt, ...answer } = JSON.parse(text) as Answer;
      const fork = lastFork(history);
      if (fork?.timeline !== args.formerTimeline)
        throw drFailure(
          'DR-PROMOTE',
          `${service} is on timeline ${answer.timeline}, which left timeline ${fork?.timeline ?? 'none'}; expected it to leave ${args.formerTimeline}`,
        );
      return {
        service,
        ...answer,
        forkLsn: fork.lsn,
        formerTimeline: args.formerTimeline,
        ...(lastHeartbeatAt ? { lastHeartbeatAt } : {}),
        durationMs: Date.now() - began,
      };
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = problemOf(error);
      const refused = message.includes(notPromoted);
      if (code === 'DR-SQL' && refused)
        throw drFailure('DR-STANDBY', `standby ${service}: ${message}`, {
          next: 'Mend what is named, then retry; or abort.',
        });
      if (code === 'DR-SQL') throw drFailure('DR-PROMOTE', `standby ${service}: ${message}`);
      throw error;
    }
  });
}

/** Begin of a refusal: whoever called knows by it that the promotion has not even begun, and may undo what led to it. */
const notPromoted = 'not promoted: ';

/** What must hold before anything is changed: the cluster that was approved, and nothing that would hold replay back. */
const demandApproved = (args: PromoteStandby): string => `DO $dr$
  DECLARE found text := (SELECT system_identifier::text FROM pg_control_system()); received pg_lsn;
  BEGIN
    IF found <> ${escapeLiteral(args.systemIdentifier)} THEN
      RAISE EXCEPTION '${notPromoted}it holds cluster %, expected %', found, ${escapeLiteral(args.systemIdentifier)};
    END IF;
    IF NOT pg_is_in_recovery() THEN RETURN; END IF;
    IF pg_is_wal_replay_paused() THEN RAISE EXCEPTION '${notPromoted}its replay is paused: it would be promoted without the WAL it has received'; END IF;
    received := greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn());
    IF received < ${escapeLiteral(args.minReceivedLsn ?? '0/0')}::pg_lsn THEN
      RAISE EXCEPTION '${notPromoted}it has received WAL up to %, expected at least %', received, ${escapeLiteral(args.minReceivedLsn ?? '0/0')};
    END IF;
  END $dr$`;

// Not pg_promote(true): that one looks every 100 ms.
const leaveRecovery = (deadlineMs: number): string => `DO $dr$
  DECLARE stop timestamptz := clock_timestamp() + interval '${Math.ceil(deadlineMs)} milliseconds';
  BEGIN
    IF NOT pg_is_in_recovery() THEN RETURN; END IF;
    PERFORM pg_promote(false);
    WHILE pg_is_in_recovery() LOOP
      IF clock_timestamp() > stop THEN RAISE EXCEPTION 'it did not leave recovery within ${Math.ceil(deadlineMs)} ms'; END IF;
      PERFORM pg_sleep(0.002);
    END LOOP;
  END $dr$`;

/** The first committed row is the proof that it takes writes; the newest one before it tells how far the old history came. */
function firstRow({ database, service }: PromoteStandby): string {
  const table = escapeIdentifier(database.heartbeatTable);
  return `WITH written AS (INSERT INTO ${table} (node) VALUES (${escapeLiteral(`dr-promote-${service}`)}) RETURNING at)
    SELECT json_build_object('timeline', ${timelineSql},
      'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()),
      'history', pg_read_file('pg_wal/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '.history', 0, 1000000, true),
      'lastHeartbeatAt', (SELECT ${isoSql('max(at)')} FROM ${table} WHERE node NOT LIKE 'dr-promote-%'),
      'wroteAt', ${isoSql('at')}) FROM written`;
}

/** Last line of a timeline history: which timeline was left, and where (PostgreSQL manual 26.3.5). */
export function lastFork(history: string | null): { timeline: number; lsn: string } | undefined {
  const lines = [...(history ?? '').matchAll(/^(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/gim)];
  const last = lines.at(-1);
  return last ? { timeline: Number(last[1]), lsn: last[2] ?? '' } : undefined;
}
