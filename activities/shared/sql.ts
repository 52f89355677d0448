/** Small pieces of SQL that several activities need. PostgreSQL 15 to 18. */

/** A timestamptz as UTC ISO 8601 with microseconds, the precision the server has. */
export const isoSql = (expression: string): string =>
  `to_char((${expression}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/**
 * Timeline the server writes on. From the name of the current segment, because after a promotion `pg_control` names the
 * old timeline until the next checkpoint; on a standby there is no current segment, and the last restartpoint must do.
 */
export const timelineSql = `CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
  ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END`;

/** Write position of a primary, replay position of a standby. */
export const positionSql = `CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END`;

/** Time of the last commit the server knows; null after a restart until the next commit, or without track_commit_timestamp. */
export const lastCommitSql = `CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp()
  WHEN current_setting('track_commit_timestamp') = 'on' THEN (SELECT timestamp FROM pg_last_committed_xact()) END`;
