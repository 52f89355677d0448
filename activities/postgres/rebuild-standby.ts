import type { Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { demandApproval } from '../shared/approval';
import { compose, composeVariable } from '../shared/compose';
import { containerFacts, findService, labels } from '../shared/containers';
import { copyNames, runLabels } from '../shared/copy-names';
import { engineStatus, onEngine, patientEngineOf } from '../shared/engine';
import { setEnvVariable } from '../shared/env-file';
import { withHeartbeat } from '../shared/heartbeat';
import { inspectVolume } from '../shared/ownership';
import { cloneStandby } from './clone-standby';
import { untilStreaming } from './streaming';

export interface RebuildStandby extends DatabaseAt {
  standby: { service: string; site: string; volumeVariable: string };
  /** Site of the standby, when it is not that of the primary. */
  standbySite?: Site;
  key: string;
  approval: ApprovalReference;
  /** Whether the volume it had is kept (default false: it is removed once the new one streams, if it is this platform's). */
  keepOld?: boolean;
  /** For base backup and catching up (default 30 minutes). */
  deadlineMs?: number;
}

export interface RebuiltStandby {
  volume: string;
  state: string;
  /** Volume it had before, if any. */
  before?: string;
  /** Volume of the old standby that was removed, if any. */
  removed?: string;
  durationMs: number;
}

/**
 * Builds a standby anew from the primary: it streamed a history that has ended, and following on is impossible. New empty
 * volume, filled with a copy of the primary, container recreated on it, then the proof that it follows. Only then its old
 * volume is removed, if it is labelled as ours and nobody wants to keep it.
 * @throws DR-APPROVAL-MISSING, DR-STANDBY (retryable)
 */
export async function rebuildStandby(args: RebuildStandby): Promise<RebuiltStandby> {
  demandApproval(args.approval);
  const began = Date.now();
  const site = args.standbySite ?? args.site;
  const { service, volumeVariable } = args.standby;
  const member = { service, site };
  const primary = { database: args.database, site: args.site };
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
      await cloneStandby({ primary, member, volume }, signal);
      await setEnvVariable(site, volumeVariable, volume);
      await compose(site, ['up', '-d', '--no-deps', '--force-recreate', '--timeout', '5', service], signal);
    } else await startIfStopped(args, site, signal);
    const deadlineMs = args.deadlineMs ?? 1_800_000;
    const state = await untilStreaming({ primary, member, volume, deadlineMs, signal });
    const old = (await inspectVolume(site, volume))?.labels['dr.replaces'];
    const removed = old && !args.keepOld && (await removeOld(site, old)) ? old : undefined;
    return {
      volume,
      state,
      ...(old ? { before: old } : {}),
      ...(removed ? { removed } : {}),
      durationMs: Date.now() - began,
    };
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
