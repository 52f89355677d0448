import {
  bundleBackupSchema,
  type BundleBackup,
  type BundleFacts,
  type BundlesAt,
  type CertificatesAt,
} from '../../workflows/contracts/bundle';
import { drFailure } from '../../workflows/contracts/errors';
import { judgeBackups, readRecords, type Judged, type Wanted } from '../shared/backup-files';
import { withHeartbeat } from '../shared/heartbeat';
import { bundleFolder, openBundle, type OpenBundle } from './bundle-file';
import { judgeCertificates } from './certificate';
import { identitiesOf } from './keys';
import { isBelow } from './walk';

export interface ListBundles extends BundlesAt, Wanted {
  /** Demand a certificate that can be served now. Default: any bundle that is whole will do. */
  certificates?: CertificatesAt;
}

/**
 * The finished bundles of a kind, the newest first, each with why it is of no use. The newest good one is opened to know.
 * @throws DR-SECRET when the identity cannot be read: no bundle can be opened, and none is at fault
 */
export async function listBundles({
  kind,
  backups,
  certificates,
  ...wanted
}: ListBundles): Promise<Judged<BundleFacts>[]> {
  return withHeartbeat(`reading the bundles of ${kind}`, async () => {
    await identitiesOf(backups);
    const folder = bundleFolder(backups, kind);
    const judged = await judgeBackups(await readRecords(folder, bundleBackupSchema), wanted, async (backup) => {
      const opened = await openBundle(folder, backup, backups);
      demandOnlyOf(opened, backups[kind].files);
      if (certificates) demandCertificate(opened, certificates);
    });
    return judged.map(({ backup, ...rest }) => ({ backup: bundleFacts(backup), ...rest }));
  });
}

export const bundleFacts = ({ label, takenAt, sha256, bytes, files, images }: BundleBackup): BundleFacts => ({
  label,
  takenAt,
  sha256,
  bytes,
  files: files.length,
  images,
});

/** A bundle may have been made under another plan, or by another: nothing is written but what this plan names. */
export function demandOnlyOf({ manifest }: OpenBundle, places: string[]): void {
  const foreign = manifest.files.find(({ path }) => path.split('/').includes('..') || !isBelow(path, places));
  if (foreign)
    throw drFailure(
      'DR-BACKUP-CORRUPT',
      `bundle ${manifest.label} holds ${foreign.path}, which the plan does not name`,
    );
}

function demandCertificate({ files }: OpenBundle, { path, publicName }: CertificatesAt): void {
  const texts = [...files].filter(([name]) => isBelow(name, [path]));
  const found = judgeCertificates(
    texts.map(([name, content]) => ({ path: name, text: content.toString('latin1') })),
    publicName,
    new Date(),
  );
  if (found.problem !== undefined) throw drFailure('DR-CERTIFICATE', found.problem);
}
