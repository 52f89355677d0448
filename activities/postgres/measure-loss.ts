import { cancellationSignal } from '@temporalio/activity';
import type { DatabaseAt, Loss, PausedCopy } from '../../workflows/contracts/recovery';
import { containerFacts, findService } from '../shared/containers';
import { readColdVolume } from '../shared/control-data';
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

const sideSql = `SELECT json_build_object('lsn', ${positionSql},
  'nextXid', pg_snapshot_xmax(pg_current_snapshot())::text, 'at', ${isoSql(lastCommitSql)})`;

/**
 * What moving clients to the copy now would lose: WAL bytes, seconds between the last commits, and transactions that
 * wrote (from transaction ids: rolled back ones and subtransactions count too, so it is an upper bound).
 * A damaged server that was shut down is measured from its control file, with `lastKnown` for the time of its last
 * commit; of one that can be neither asked nor read everything about it is null.
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
    ...(lastCommitDamaged ? { lastCommitDamaged } : {}),
    ...(lastCommitCopy ? { lastCommitCopy } : {}),
    measuredAt: new Date().toISOString(),
  };
}

const readCopy = (args: DatabaseAt & { copy: { container: string } }): Promise<Side> =>
  queryJson<Side>(args.site, args.copy.container, sideSql, { signal: cancellationSignal(), timeoutMs: 5000 });

async function readDamaged(args: DatabaseAt): Promise<Side | undefined> {
  const signal = cancellationSignal();
  const info = await findService(args.site, args.database.service);
  if (!info) return undefined;
  try {
    if (info.State.Running && !info.State.Paused) {
      const side = await queryJson<Side>(args.site, info.Id, sideSql, { signal, timeoutMs: 5000 });
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
    return { lsn: cold.checkpointLsn, nextXid: cold.nextXid, at: null };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
