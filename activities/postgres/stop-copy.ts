import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt, PausedCopy } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { removeContainer } from '../shared/containers';
import { readColdVolume, wasShutDown } from '../shared/control-data';
import { serverImage } from '../shared/data-volume';
import { onEngine, stoppingEngineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { findOwnCopy } from './own-copy';

export interface StoppedCopy {
  /** Always `shut down`: anything else is a failure. */
  state: string;
  timeline: number;
  /** Position of the shutdown checkpoint. */
  lsn: string;
  durationMs: number;
}

/**
 * Stops the promoted copy (fast shutdown), removes its container and proves from its data directory that it was shut
 * down cleanly. The volume stays: it is about to become the data volume of the database.
 * @param stopTimeoutMs time for the shutdown checkpoint (default 300 000)
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-TOOL when it was not shut down
 */
export async function stopCopy(
  args: DatabaseAt & {
    copy: Pick<PausedCopy, 'container' | 'volume'>;
    approval: ApprovalReference;
    stopTimeoutMs?: number;
  },
): Promise<StoppedCopy> {
  demandApproval(args.approval);
  const began = Date.now();
  return withHeartbeat('stopping the copy', async (_beat, signal) => {
    const { site, database, copy } = args;
    const info = await findOwnCopy(site, copy.container);
    if (info) {
      const seconds = Math.ceil((args.stopTimeoutMs ?? 300_000) / 1000);
      if (info.State.Running)
        await onEngine(site, `stopping ${copy.container}`, () =>
          stoppingEngineOf(site, seconds).getContainer(info.Id).stop({ t: seconds }),
        );
      await removeContainer(site, info.Id);
    }
    const image = info?.Image ?? (await serverImage(args));
    const { dataDirectory } = database;
    const facts = await readColdVolume(site, { image, volume: copy.volume, dataDirectory, signal });
    if (!wasShutDown(facts))
      throw drFailure(
        'DR-TOOL',
        `volume ${copy.volume}: pg_controldata says the cluster is "${facts.state}", expected "shut down" after the stop`,
      );
    return { state: facts.state, timeline: facts.timeline, lsn: facts.checkpointLsn, durationMs: Date.now() - began };
  });
}
