import type { BundleFacts, BundleImage, BundlesAt } from '../../workflows/contracts/bundle';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { bundleFolder } from './bundle-file';
import { bundleFacts } from './list-bundles';
import { filesBelow, planPath } from './walk';
import { writeBundle } from './write-bundle';

export interface BackupBundle extends BundlesAt {
  /** `20261122T172924Z-1ea3d016`: the same for every try of a run. */
  label: string;
  /** Title of the plan. */
  platform: string;
  images: BundleImage[];
  /** Files among those of the plan that are no configuration, as the plan would write them. */
  leaveOut?: string[];
}

/**
 * Keeps the files that the plan names as one encrypted bundle with its manifest, opened again and compared.
 * @throws DR-BACKUP-FAILED when a file cannot be read or the bundle cannot be used, DR-SECRET
 */
export async function backupBundle({
  site,
  kind,
  backups,
  label,
  platform,
  images,
  leaveOut = [],
}: BackupBundle): Promise<BundleFacts> {
  return withHeartbeat(`backing up ${kind}`, async () => {
    const found = await filesBelow(backups[kind].files).catch((error: NodeJS.ErrnoException) => {
      throw drFailure(
        'DR-BACKUP-FAILED',
        `a file of backups.${kind}.files of the plan cannot be read: ${error.code ?? ''}`,
        {
          next: `Look at ${backups[kind].files.join(', ')}; correct the plan when one of them is not there any more.`,
        },
      );
    });
    const paths = found.filter((path) => !leaveOut.map(planPath).includes(path));
    if (paths.length === 0)
      throw drFailure(
        'DR-BACKUP-FAILED',
        `there is no file in ${backups[kind].files.join(', ')} (backups.${kind}.files)`,
      );
    const about = { label, kind, platform, project: site.compose.project, images };
    return bundleFacts(await writeBundle(bundleFolder(backups, kind), about, paths, backups));
  });
}
