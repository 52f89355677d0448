import { drFailure } from '../../workflows/contracts/errors';
import { engineOf, engineStatus, onEngine } from '../shared/engine';
import type { CopySpec } from './copy-container';

/**
 * Refuses a data directory that would start as something else than a recovery: without `backup_label` the server would
 * begin at the wrong checkpoint and be silently corrupt, without a signal file it would not recover to a target at all.
 * `backup_label.old` shows that a recovery of this directory has begun before (PostgreSQL manual 26.3.5).
 */
export async function demandFirstStart(spec: CopySpec, container: string): Promise<void> {
  const has = (file: string): Promise<boolean> => hasFile(spec, container, `${spec.database.dataDirectory}/${file}`);
  const [control, label, old, recovery, standby] = await Promise.all(
    ['global/pg_control', 'backup_label', 'backup_label.old', 'recovery.signal', 'standby.signal'].map(has),
  );
  const missing = !control
    ? 'global/pg_control, so the restore into it is not complete'
    : !label && !old
      ? 'backup_label, so recovery would begin at the wrong place'
      : !recovery && !standby
        ? 'recovery.signal and no standby.signal, so it would not stop at a target'
        : undefined;
  if (missing) throw drFailure('DR-COPY-NOT-STARTED', `volume ${spec.volume} has no ${missing}; it was not started`);
}

/** Whether a file is in a container's file system, volumes included, also while the container does not run. */
async function hasFile(spec: CopySpec, container: string, path: string): Promise<boolean> {
  return onEngine(spec.site, `looking for ${path}`, async () => {
    try {
      await engineOf(spec.site).getContainer(container).infoArchive({ path });
      return true;
    } catch (error) {
      if (engineStatus(error) === 404) return false;
      throw error;
    }
  });
}
