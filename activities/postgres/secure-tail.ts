import { escapeLiteral } from 'pg';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure, problemOf } from '../../workflows/contracts/errors';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { psql } from '../shared/psql';
import { isoSql } from '../shared/sql';
import { heartbeatInsert } from './heartbeat-row';

export interface SecuredTail {
  /** Position behind the marker and the commit. */
  lsn: string;
  /** Segment that holds them; it is in the archive. */
  segment: string;
  /** When the commit was made, by the server's clock. */
  at: string;
  durationMs: number;
}

/**
 * Brings everything the running primary has written so far into the archive: restore point `marker`, one commit (it makes
 * every earlier moment reachable as a target), segment switch, and a wait until that segment is archived. Otherwise up to
 * `archive_timeout` of WAL exists in the damaged data directory only. A second run adds a second marker, which is harmless:
 * recovery to the name stops at the first.
 * @param marker name of the restore point, at most 63 characters
 * @param deadlineMs how long archiving may take (default 60 000)
 * @throws DR-ARCHIVE (retryable) when the segment does not reach the archive in time
 */
export async function secureTail(args: DatabaseAt & { marker: string; deadlineMs?: number }): Promise<SecuredTail> {
  const { database, site, marker } = args;
  const deadlineMs = args.deadlineMs ?? 60_000;
  const began = Date.now();
  return withHeartbeat('bringing the last WAL into the archive', async (_beat, signal) => {
    const container = (await databaseContainer(args)).Id;
    const statements = [
      // A missing synchronous standby must not hold up the freeze: its wait has no time-out in the server.
      `SET synchronous_commit = local`,
      `DO $dr$ BEGIN PERFORM pg_create_restore_point(${escapeLiteral(marker)}); END $dr$`,
      // The heartbeat table may be part of the damage; any commit serves.
      `DO $dr$ BEGIN ${heartbeatInsert(args, marker)}; EXCEPTION WHEN OTHERS THEN PERFORM pg_current_xact_id(); END $dr$`,
      `DO $dr$ BEGIN PERFORM set_config('dr.at', ${isoSql('clock_timestamp()')}, false),
         set_config('dr.lsn', pg_current_wal_insert_lsn()::text, false);
         PERFORM set_config('dr.segment', pg_walfile_name(pg_switch_wal()), false); END $dr$`,
      waitForArchive(deadlineMs),
      `SELECT json_build_object('lsn', current_setting('dr.lsn'), 'segment', current_setting('dr.segment'), 'at', current_setting('dr.at'))`,
    ];
    try {
      const text = await psql(site, container, statements, {
        database: database.database,
        signal,
        timeoutMs: deadlineMs + 10_000,
      });
      return { ...(JSON.parse(text) as Omit<SecuredTail, 'durationMs'>), durationMs: Date.now() - began };
    } catch (error) {
      const { code, message } = problemOf(error);
      if (code === 'DR-SQL' && message.includes('not archived'))
        throw drFailure('DR-ARCHIVE', `service ${database.service}: ${message}`, { retry: true });
      throw error;
    }
  });
}

// The server waits for itself: one session instead of a client that asks again and again. `.done` appears when
// archive_command succeeded; once a checkpoint has recycled it, the archiver's statistics have passed the segment.
const waitForArchive = (deadlineMs: number): string => `DO $dr$
  DECLARE segment text := current_setting('dr.segment'); stop timestamptz := clock_timestamp() + interval '${Math.ceil(deadlineMs)} milliseconds';
  BEGIN
    IF current_setting('archive_mode') = 'off' THEN
      RAISE EXCEPTION 'segment % is not archived: archive_mode is off', segment;
    END IF;
    LOOP
      EXIT WHEN (pg_stat_file('pg_wal/archive_status/' || segment || '.done', true)).modification IS NOT NULL;
      EXIT WHEN (pg_stat_file('pg_wal/archive_status/' || segment || '.ready', true)).modification IS NULL
        AND (SELECT left(last_archived_wal, 24) >= segment FROM pg_stat_archiver);
      IF clock_timestamp() > stop THEN
        RAISE EXCEPTION 'segment % was not archived within ${Math.ceil(deadlineMs)} ms (last archived: %, failed attempts: %)', segment,
          (SELECT last_archived_wal FROM pg_stat_archiver), (SELECT failed_count FROM pg_stat_archiver);
      END IF;
      PERFORM pg_sleep(0.02);
      PERFORM pg_stat_clear_snapshot();
    END LOOP;
  END $dr$`;
