import { cancellationSignal } from '@temporalio/activity';
import type { DatabaseAt, Loss, PausedCopy } from '../../workflows/contracts/recovery';
import { containerFacts, findService } from '../shared/containers';
import { readColdVolume, wasShutDown } from '../shared/control-data';
import { queryJson } from '../shared/psql';
import { isoSql, lastCommitSql, positionSql } from '../shared/sql';
import { newestHeartbeat } from './heartbeat-row';
import { lsnDistance } from './recovery-log';

interface Side {
  lsn: string;
  /** Next transaction id, with its epoch. */
  nextXid: string;
  at: string | null;
}

const sideSql = (more = ''): string => `SELECT json_build_object(${more}'lsn', ${positionSql},
  'nextXid', pg_snapshot_xmax(pg_current_snapshot())::text, 'at', ${isoSql(lastCommitSql)})`;

interface CopySide extends Side {
  paused: boolean;
}

/** Whether it stands paused in recovery; the function fails on a server that has left recovery. */
const pausedSql = `CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() = 'paused' ELSE false END`;

/**
 * What moving clients to the copy now would lose: WAL bytes, seconds between the last commits, and transactions that
 * wrote (from transaction ids: rolled back ones and subtransactions count too, so it is an upper bound).
 * A damaged server that was shut down is measured from its control file. The control file of one that crashed, or does
 * not answer, names a checkpoint that lies behind its end, so its position and transactions are null. For both
 * `lastKnown` gives the time of the last commit.
 */
export async function measureLoss(
  args: DatabaseAt & { copy: Pick<PausedCopy, 'container' | 'lastCommitAt'>; lastKnown?: { lastCommitAt?: string } },
): Promise<Loss> {
  const [copy, damaged] = await Promise.all([readCopy(args), readDamaged(args)]);
  const lastCommitCopy = copy.at ?? args.copy.lastCommitAt;
  const lastCommitDamaged = damaged?.at ?? args.lastKnown?.lastCommitAt;
  const windowMs =
    lastCommitCopy && lastCommitDamaged
      ? Math.max(0, Date.parse(lastCommitDamaged) - Date.parse(lastCommitCopy))
      : null;
  return {
    windowMs,
    lsnBytes: damaged ? lsnDistance(copy.lsn, damaged.lsn) : null,
    transactions: damaged ? Math.max(0, Number(BigInt(damaged.nextXid) - BigInt(copy.nextXid))) : null,
    damagedLsn: damaged?.lsn ?? null,
    copyLsn: copy.lsn,
    copyPaused: copy.paused,
    ...(lastCommitDamaged ? { lastCommitDamaged } : {}),
    ...(lastCommitCopy ? { lastCommitCopy } : {}),
    measuredAt: new Date().toISOString(),
  };
}

const readCopy = (args: DatabaseAt & { copy: { container: string } }): Promise<CopySide> =>
  queryJson<CopySide>(args.site, args.copy.container, sideSql(`'paused', ${pausedSql}, `), {
    signal: cancellationSignal(),
    timeoutMs: 5000,
  });

async function readDamaged(args: DatabaseAt): Promise<Side | undefined> {
  const signal = cancellationSignal();
  const info = await findService(args.site, args.database.service);
  if (!info) return undefined;
  try {
    if (info.State.Running && !info.State.Paused) {
      const side = await queryJson<Side>(args.site, info.Id, sideSql(), { signal, timeoutMs: 5000 });
      return { ...side, at: side.at ?? (await newestHeartbeat(args, info.Id)) ?? null };
    }
    const facts = containerFacts(info, args.database.dataDirectory);
    if (!facts.dataVolume) return undefined;
    const { dataDirectory } = args.database;
    const cold = await readColdVolume(args.site, {
      image: info.Image,
      volume: facts.dataVolume,
      dataDirectory,
      signal,
    });
    return wasShutDown(cold) ? { lsn: cold.checkpointLsn, nextXid: cold.nextXid, at: null } : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
