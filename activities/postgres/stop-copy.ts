import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt, PausedCopy } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { containerLog } from '../shared/container-log';
import { inspectContainer, removeContainer } from '../shared/containers';
import { readColdVolume, wasShutDown } from '../shared/control-data';
import { serverImage } from '../shared/data-volume';
import { onEngine, stoppingEngineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { findOwnCopy } from './own-copy';

export interface StoppedCopy {
  durationMs: number;
}

/**
 * Stops the promoted copy (fast shutdown), proves that it was shut down cleanly, by its own last words or from its data
 * directory, and removes its container. The volume stays: it is about to become the data volume of the database.
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
      const orderly = await saidGoodbye(args);
      await removeContainer(site, info.Id);
      if (orderly) return { durationMs: Date.now() - began };
    }
    const image = info?.Image ?? (await serverImage(args));
    const { dataDirectory } = database;
    const facts = await readColdVolume(site, { image, volume: copy.volume, dataDirectory, signal });
    if (!wasShutDown(facts))
      throw drFailure(
        'DR-TOOL',
        `volume ${copy.volume}: pg_controldata says the cluster is "${facts.state}", expected "shut down" after the stop`,
      );
    return { durationMs: Date.now() - began };
  });
}

/**
 * Whether the server itself said that it was shut down: it does so last, after its checkpoint is on disk (PostgreSQL
 * source, UnlinkLockFiles), and only then ends with 0. Anything else is asked of its control file.
 */
async function saidGoodbye(args: DatabaseAt & { copy: Pick<PausedCopy, 'container'> }): Promise<boolean> {
  const { site, copy } = args;
  const ended = await inspectContainer(site, copy.container);
  if (!ended || ended.State.Running || ended.State.ExitCode !== 0) return false;
  const log = await containerLog(site, copy.container, { tail: 5 });
  return log.trimEnd().endsWith('database system is shut down');
}
