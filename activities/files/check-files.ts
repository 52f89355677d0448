import type { Site } from '../../plan';
import type { BundleKind } from '../../workflows/contracts/bundle';
import { drFailure } from '../../workflows/contracts/errors';
import { compose } from '../shared/compose';
import { withHeartbeat } from '../shared/heartbeat';
import { checksum, type PlannedFile } from './place-files';

/**
 * The proof of a restore: every file is what was to be written, and Compose can read the project.
 * @throws DR-TOOL naming the file, DR-COMPOSE with what Compose complains
 */
export async function checkFiles({
  site,
  kind,
  files,
}: {
  site: Site;
  kind: BundleKind;
  files: PlannedFile[];
}): Promise<{ files: number }> {
  return withHeartbeat('checking the restored files', async (_beat, signal) => {
    for (const { path, then } of files)
      if ((await checksum(path)) !== then)
        throw drFailure('DR-TOOL', `${path} is not what was written`, {
          next: 'Somebody else writes it: find out who, then retry or abort.',
        });
    if (kind === 'configuration') await compose(site, ['config', '--quiet'], signal);
    return { files: files.length };
  });
}
