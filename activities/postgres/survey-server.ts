import { cancellationSignal } from '@temporalio/activity';
import { escapeIdentifier } from 'pg';
import type { MemberAt, ServerFacts } from '../../workflows/contracts/cluster';
import { problemOf } from '../../workflows/contracts/errors';
import type { ContainerFacts } from '../../workflows/contracts/recovery';
import { membersOf } from '../../workflows/contracts/members';
import { composeVariable } from '../shared/compose';
import { containerFacts, findService } from '../shared/containers';
import { withEnginePatience } from '../shared/engine';
import { execIn } from '../shared/exec';
import { fileSystemRoom } from '../shared/file-system';
import { queryJson } from '../shared/psql';
import { isoSql } from '../shared/sql';
import { takesNewConnections } from '../shared/new-connection';
import { mountpoint } from '../shared/volume-files';

/** An engine or a server that has not answered by then counts as one that does not answer, milliseconds. */
const usualPatienceMs = 2_000;

export interface SurveyServer extends MemberAt {
  /** Default 2 000. Less for a server that several others have found silent already. */
  patienceMs?: number;
}

/** A server that works answers a new connection in a few milliseconds. */
const newConnectionMs = 500;

type Asked = Pick<
  ServerFacts,
  | 'systemIdentifier'
  | 'inRecovery'
  | 'timeline'
  | 'receivedLsn'
  | 'replayedLsn'
  | 'nextXid'
  | 'replayPaused'
  | 'applyDelayMs'
  | 'now'
  | 'synchronousStandbyNames'
  | 'walSegmentBytes'
> & {
  receiver: string | null;
  receiverSilenceMs: number | null;
  heartbeatAt?: string | null;
  oldestTransactionMs: number | null;
};

/**
 * One server of a database as it is now, whatever its role: from itself in one round trip; a server or an engine that does
 * not answer is an answer too (`answered`, `engineAnswered`). Changes nothing, never fails for a dead server.
 */
export async function surveyServer(at: SurveyServer): Promise<ServerFacts> {
  const signal = cancellationSignal();
  const patienceMs = at.patienceMs ?? usualPatienceMs;
  let container: ContainerFacts | undefined;
  try {
    const info = await withEnginePatience(Math.max(patienceMs, 1_000), () => findService(at.site, at.service));
    container = info && containerFacts(info, at.database.dataDirectory);
  } catch (error) {
    signal.throwIfAborted();
    return unanswered(at, problemOf(error).message);
  }
  const dataVolume = container ? container.dataVolume : await volumeOf(at);
  const known = {
    ...unanswered(at, ''),
    engineAnswered: true,
    ...(container ? { container } : {}),
    ...(dataVolume ? { dataVolume } : {}),
  };
  if (!container) return { ...known, problem: 'it has no container' };
  if (!container.running || container.paused)
    return {
      ...known,
      problem: container.paused
        ? 'its container is paused'
        : `its container is not running (exit code ${container.exitCode})`,
    };
  const { id } = container;
  try {
    const [asked, freeBytes] = await Promise.all([
      ask(at, id, patienceMs, signal),
      freeRoom(at, container, patienceMs, signal),
    ]);
    const { receiver, receiverSilenceMs, heartbeatAt, oldestTransactionMs, ...facts } = asked;
    const rest = { ...known };
    delete rest.problem;
    return {
      ...rest,
      ...facts,
      answered: true,
      ...(receiver === null ? {} : { receiver }),
      ...(receiverSilenceMs === null ? {} : { receiverSilenceMs }),
      ...(heartbeatAt ? { heartbeatAt } : {}),
      ...(oldestTransactionMs === null ? {} : { oldestTransactionMs }),
      ...(freeBytes === undefined ? {} : { freeBytes }),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { ...known, problem: problemOf(error).message };
  }
}

/** A container that was removed takes its mounts along; where its data lies is in the site's env file. */
async function volumeOf({ database, site, service }: MemberAt): Promise<string | undefined> {
  const member = membersOf(database).find((one) => one.service === service);
  return member && (await composeVariable(site, member.volumeVariable).catch(() => undefined));
}

const portOf = ({ database, service }: MemberAt): number =>
  membersOf(database).find((one) => one.service === service)?.port ?? database.port;

const unanswered = (at: MemberAt, problem: string): ServerFacts => ({
  service: at.service,
  site: at.site.name,
  answered: false,
  engineAnswered: false,
  problem,
  systemIdentifier: '',
  inRecovery: false,
  timeline: 0,
  receivedLsn: '0/0',
  replayedLsn: '0/0',
  nextXid: '0',
  replayPaused: false,
  applyDelayMs: 0,
  now: new Date().toISOString(),
  synchronousStandbyNames: '',
  walSegmentBytes: 0,
});

async function ask(at: MemberAt, container: string, patienceMs: number, signal: AbortSignal): Promise<Asked> {
  const options = { signal, timeoutMs: patienceMs, warm: true };
  try {
    const { database, heartbeatTable } = at.database;
    const heartbeat = `(SELECT ${isoSql('max(at)')} FROM ${escapeIdentifier(heartbeatTable)})`;
    const asked = { ...options, database, lockTimeoutMs: 200 };
    const [facts, open] = await Promise.all([
      queryJson<Asked>(at.site, container, factsSql(heartbeat), asked),
      takesNewConnections(at.site, portOf(at), Math.min(patienceMs, newConnectionMs)),
    ]);
    // The session is an old one: whether the server would take another, a new one shows.
    return open ? facts : await queryJson<Asked>(at.site, container, factsSql(heartbeat), { ...asked, warm: false });
  } catch (error) {
    // Without its application database, or with the heartbeat table gone or locked, the server still has a position.
    if (!/does not exist|lock timeout/.test(problemOf(error).message)) throw error;
    return queryJson<Asked>(at.site, container, factsSql('NULL'), options);
  }
}

/** The number of the segment in which the WAL that a standby has ends, and how many segments an eight-digit part counts. */
const lastSegment = `(SELECT div(pg_wal_lsn_diff(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0') - 1, size)::bigint AS n,
    (4294967296 / size)::bigint AS per FROM (SELECT setting::bigint AS size FROM pg_settings WHERE name = 'wal_segment_size') s) at`;

/**
 * The timeline of a standby: what its receiver streams. Once the primary is gone there is no receiver, and the control file is
 * written only at restart points: the file in which its WAL ends names the timeline that it had followed by then.
 */
const factsSql = (heartbeat: string): string => `SELECT json_build_object(
  'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()),
  'inRecovery', pg_is_in_recovery(),
  'timeline', CASE WHEN pg_is_in_recovery() THEN (SELECT greatest(received_tli, timeline_id, min_recovery_end_timeline,
        (SELECT max(('x' || left(name, 8))::bit(32)::int) FROM pg_ls_waldir(), ${lastSegment}
          WHERE name ~ '^[0-9A-F]{24}$' AND substr(name, 9) = upper(lpad(to_hex(n / per), 8, '0') || lpad(to_hex(n % per), 8, '0'))))
      FROM pg_control_checkpoint() CROSS JOIN pg_control_recovery() LEFT JOIN pg_stat_wal_receiver ON true)
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END,
  'receivedLsn', CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END,
  'replayedLsn', CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
  'nextXid', pg_snapshot_xmax(pg_current_snapshot())::text,
  'replayPaused', CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END,
  'applyDelayMs', (SELECT setting::bigint FROM pg_settings WHERE name = 'recovery_min_apply_delay'),
  'receiver', (SELECT status FROM pg_stat_wal_receiver),
  'receiverSilenceMs', (SELECT round(extract(epoch FROM clock_timestamp() - last_msg_receipt_time) * 1000) FROM pg_stat_wal_receiver),
  'oldestTransactionMs', (SELECT round(max(extract(epoch FROM clock_timestamp() - xact_start)) * 1000) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
  'heartbeatAt', ${heartbeat},
  'now', ${isoSql('clock_timestamp()')},
  'synchronousStandbyNames', current_setting('synchronous_standby_names'),
  'walSegmentBytes', (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'))`;

/** Free room where its data lies; not worth a failure. A worker on the engine's machine need not start a program for it. */
async function freeRoom(
  at: MemberAt,
  container: ContainerFacts,
  patienceMs: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const here = container.dataVolume && (await mountpoint(at.site, container.dataVolume).catch(() => undefined));
  if (here) return (await fileSystemRoom(here)).freeBytes;
  const command = ['df', '--block-size=1', '--output=avail', at.database.dataDirectory];
  const options = { signal, timeoutMs: patienceMs };
  const result = await execIn(at.site, container.id, command, options).catch(() => undefined);
  const bytes = Number(result?.stdout.trim().split('\n').at(-1));
  return result?.exitCode === 0 && Number.isFinite(bytes) ? bytes : undefined;
}
