import { withHeartbeat } from '../shared/heartbeat';
import { stage, unstage, type StagedAt } from './staging';

/**
 * Opens a bundle into a folder of this run that nobody else may enter, and compares every file with the manifest.
 * @throws DR-NO-BACKUP, DR-BACKUP-CORRUPT, DR-SECRET
 */
export async function stageBundle(args: StagedAt): Promise<{ files: number; bytes: number }> {
  return withHeartbeat(`opening bundle ${args.label}`, async () => {
    const { manifest } = await stage(args);
    return { files: manifest.files.length, bytes: manifest.files.reduce((sum, { size }) => sum + size, 0) };
  });
}

/** Removes what `stageBundle` made for this run; what is gone is gone. */
export async function removeStaging(): Promise<void> {
  await unstage();
}
