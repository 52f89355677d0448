import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Site } from '../../plan';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { slotOf } from '../../workflows/contracts/members';
import { containerLog } from '../shared/container-log';
import { containerFacts, findService } from '../shared/containers';
import { databaseContainer } from '../shared/database-container';
import { psql } from '../shared/psql';
import { until } from '../shared/until';
import { heartbeatInsert } from './heartbeat-row';

export interface StreamingProof {
  /** The database with the roles as they are, at the site of its primary. */
  primary: DatabaseAt;
  member: { service: string; site: Site };
  /** Volume it must run on, if that matters. */
  volume?: string;
  deadlineMs: number;
  /** Whether Temporal may try again when it does not follow in time. Default true. */
  retry?: boolean;
  signal: AbortSignal;
}

/**
 * Waits for both proofs that a standby follows: the primary streams to it, and a row written after that can be read on it.
 * A state called `streaming` alone is not that: a standby with a recovery target left in freezes and says `streaming`.
 * @throws DR-STANDBY (retryable) with what was last seen
 */
export async function untilStreaming(proof: StreamingProof): Promise<string> {
  const { primary, member, volume, signal } = proof;
  const { database } = primary;
  const server = (await databaseContainer(primary)).Id;
  const options = { database: database.database, signal };
  let row: string | undefined;
  let last = 'no container';
  return until(
    async () => {
      const info = await findService(member.site, member.service);
      if (!info) return undefined;
      const facts = containerFacts(info, database.dataDirectory);
      if (volume !== undefined && facts.dataVolume !== volume)
        throw drFailure(
          'DR-STANDBY',
          `service ${member.service} does not run on volume ${volume} but on ${facts.dataVolume ?? 'none'}`,
        );
      const asked = `SELECT state FROM pg_stat_replication WHERE application_name = ${escapeLiteral(member.service)}`;
      const state = await psql(primary.site, server, asked, { signal }).catch(() => '');
      last = state || (await containerLog(member.site, info.Id, { tail: 1 })).trim();
      if (state !== 'streaming') return undefined;
      row ??= await psql(primary.site, server, `${heartbeatInsert(primary, 'dr-standby-check')} RETURNING id`, options);
      const sql = `SELECT 1 FROM ${escapeIdentifier(database.heartbeatTable)} WHERE id = ${BigInt(row)} AND pg_is_in_recovery()`;
      const seen = await psql(member.site, info.Id, sql, options).catch(() => '');
      last = seen ? state : `${state}, but row ${row} written on the primary is not readable on it`;
      return seen ? state : undefined;
    },
    {
      deadlineMs: proof.deadlineMs,
      everyMs: 50,
      signal,
      onTimeout: () =>
        drFailure('DR-STANDBY', `standby ${member.service} was not up in time; last seen: ${last}`, {
          retry: proof.retry ?? true,
        }),
    },
  );
}

/**
 * A server that was a primary keeps the slots of its former standbys, and a slot that nobody reads keeps WAL until the disk
 * is full. Only slots named after members, and none that is in use.
 */
export async function dropStaleSlots(
  member: { service: string; site: Site },
  members: { service: string }[],
  signal: AbortSignal,
): Promise<void> {
  const info = await findService(member.site, member.service);
  if (!info) return;
  const names = members.map((one) => escapeLiteral(slotOf(one.service))).join(', ');
  const sql = `DO $dr$ BEGIN
    PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name IN (${names}) AND NOT active;
  END $dr$`;
  await psql(member.site, info.Id, sql, { signal });
}
