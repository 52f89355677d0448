import { escapeIdentifier } from 'pg';
import type { Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { compose, composeVariable } from '../shared/compose';
import { containerLog } from '../shared/container-log';
import { containerFacts, findService, labels } from '../shared/containers';
import { copyNames, runLabels } from '../shared/copy-names';
import { databaseContainer } from '../shared/database-container';
import { engineStatus, onEngine, patientEngineOf } from '../shared/engine';
import { setEnvVariable } from '../shared/env-file';
import { withHeartbeat } from '../shared/heartbeat';
import { inspectVolume } from '../shared/ownership';
import { psql } from '../shared/psql';
import { until } from '../shared/until';
import { heartbeatInsert } from './heartbeat-row';

export interface RebuildStandby extends DatabaseAt {
  standby: { service: string; site: string; volumeVariable: string };
  /** Site of the standby, when it is not that of the primary. */
  standbySite?: Site;
  key: string;
  approval: ApprovalReference;
  /** For base backup and catching up (default 30 minutes). */
  deadlineMs?: number;
}

export interface RebuiltStandby {
  volume: string;
  state: string;
  /** Volume of the old standby that was removed, if any. */
  removed?: string;
  durationMs: number;
}

/**
 * Builds a standby anew from the recovered primary: it streamed a history that has ended, and following on is impossible.
 * New empty volume, container recreated on it (its image copies an empty data directory from the primary), then the proof:
 * it streams, and a row written now can be read on it. Only then its old volume is removed, if it is labelled as ours.
 * @throws DR-APPROVAL-MISSING, DR-STANDBY (retryable)
 */
export async function rebuildStandby(args: RebuildStandby): Promise<RebuiltStandby> {
  demandApproval(args.approval);
  const began = Date.now();
  const site = args.standbySite ?? args.site;
  const { service, volumeVariable } = args.standby;
  return withHeartbeat(`rebuilding standby ${service}`, async (_beat, signal) => {
    const volume = copyNames(site, args.key).standbyVolume(service);
    const before = await composeVariable(site, volumeVariable);
    if ((await mounted(args, site)) !== volume) {
      await onEngine(site, `making volume ${volume}`, (engine) =>
        engine.createVolume({
          Name: volume,
          // Remembered on the new volume, so that a second try still knows which old one to remove.
          Labels: { ...runLabels(site, 'standby'), ...(before && before !== volume ? { 'dr.replaces': before } : {}) },
        }),
      );
      await setEnvVariable(site, volumeVariable, volume);
      await compose(site, ['up', '-d', '--no-deps', '--force-recreate', '--timeout', '5', service], signal);
    } else await startIfStopped(args, site, signal);
    const state = await untilStreaming(args, site, volume, signal);
    const old = (await inspectVolume(site, volume))?.labels['dr.replaces'];
    const removed = old && (await removeOld(site, old)) ? old : undefined;
    return { volume, state, ...(removed ? { removed } : {}), durationMs: Date.now() - began };
  });
}

async function mounted(args: RebuildStandby, site: Site): Promise<string | undefined> {
  const info = await findService(site, args.standby.service);
  return info ? containerFacts(info, args.database.dataDirectory).dataVolume : undefined;
}

async function startIfStopped(args: RebuildStandby, site: Site, signal: AbortSignal): Promise<void> {
  const info = await findService(site, args.standby.service);
  if (!info?.State.Running) await compose(site, ['up', '-d', '--no-deps', args.standby.service], signal);
}

/** Waits for both proofs: the receiver streams from this primary, and a row written after that arrives. */
async function untilStreaming(args: RebuildStandby, site: Site, volume: string, signal: AbortSignal): Promise<string> {
  const { database } = args;
  const primary = (await databaseContainer(args)).Id;
  const options = { database: database.database, signal };
  let row: string | undefined;
  let last = 'no container';
  return until(
    async () => {
      const info = await findService(site, args.standby.service);
      if (!info) return undefined;
      if (containerFacts(info, database.dataDirectory).dataVolume !== volume)
        throw drFailure(
          'DR-STANDBY',
          `service ${args.standby.service} does not run on volume ${volume}, though ${args.standby.volumeVariable} names it`,
        );
      const status = await psql(site, info.Id, `SELECT status FROM pg_stat_wal_receiver`, { signal }).catch(() => '');
      last = status || (await containerLog(site, info.Id, { tail: 1 })).trim();
      if (status !== 'streaming') return undefined;
      row ??= await psql(args.site, primary, `${heartbeatInsert(args, 'dr-standby-check')} RETURNING id`, options);
      const sql = `SELECT 1 FROM ${escapeIdentifier(database.heartbeatTable)} WHERE id = ${BigInt(row)}`;
      const seen = await psql(site, info.Id, sql, options).catch(() => '');
      last = seen ? status : `${status}, but row ${row} written on the primary is not readable on it`;
      return seen ? status : undefined;
    },
    {
      deadlineMs: args.deadlineMs ?? 1_800_000,
      signal,
      onTimeout: () =>
        drFailure('DR-STANDBY', `standby ${args.standby.service} was not up in time; last seen: ${last}`, {
          retry: true,
        }),
    },
  );
}

/** Removes the volume of the old standby when it is this platform's; a volume of unknown origin is left alone. */
async function removeOld(site: Site, name: string): Promise<boolean> {
  const volume = await inspectVolume(site, name);
  if (!volume || volume.labels[labels.platform] !== site.compose.project) return false;
  try {
    await patientEngineOf(site).getVolume(name).remove();
    return true;
  } catch (error) {
    // Still used by something: keeping it costs only disk.
    if (engineStatus(error) === 409) return false;
    return onEngine(site, `removing volume ${name}`, () => Promise.reject(error as Error));
  }
}
