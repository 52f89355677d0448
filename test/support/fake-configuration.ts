import type { ServedCertificate } from '../../activities/files';
import type {
  BundleFacts,
  BundleImage,
  CertificateFacts,
  CertificatesFound,
  Comparison,
  FileFinding,
  ImageFinding,
} from '../../workflows/contracts/bundle';

export const image: BundleImage = { name: 'shandi/service:1', id: `sha256:${'1'.repeat(64)}`, digests: [] };

export const bundle: BundleFacts = {
  label: '20261122T160000Z-1ea3d016',
  takenAt: '2026-11-22T16:00:00.000Z',
  sha256: 'a'.repeat(64),
  bytes: 9000,
  files: 12,
  images: [image],
};

export const certificate: CertificateFacts = {
  path: 'platform/state/shandi/certs/server.crt',
  notBefore: '2026-11-01T00:00:00.000Z',
  notAfter: '2027-02-01T00:00:00.000Z',
  names: ['DNS:api.theshandi.com'],
  fingerprint: 'AA:BB',
  keyMatches: true,
};

/** An env file that was overwritten with garbage. */
export const brokenEnv: FileFinding = {
  path: 'platform/state/shandi/.env',
  state: 'broken',
  says: 'Compose cannot read it',
  restore: true,
  now: 'b'.repeat(64),
  then: 'c'.repeat(64),
  keys: { added: ['PG_PASSWORD', 'PGDATA_VOLUME'], removed: [], changed: [] },
};

/** The files of the platform as a fake site sees them: the env file is broken, and there is a bundle. */
export class FakeConfiguration {
  bundles: { backup: BundleFacts; problem?: string; code?: string }[] = [{ backup: bundle }];
  comparison: Comparison = { same: 11, files: [brokenEnv], warnings: [] };
  images: ImageFinding[] = [{ image, there: true, named: true }];
  found: CertificatesFound = { certificates: [certificate], good: certificate };
  served: ServedCertificate = { running: true, fingerprint: 'CC:DD', says: 'it serves CC:DD' };

  /** @param expired why the certificate that there is cannot be served */
  answers(expired: () => string | undefined = () => undefined) {
    return {
      usedImages: (): BundleImage[] => this.images.map((one) => one.image),
      findImages: (): ImageFinding[] => this.images,
      saveImages: () => ({ saved: this.images.map((one) => one.image.name), bytes: 1000 }),
      loadImages: ({ images }: { images: BundleImage[] }) => ({
        loaded: images.map((one) => one.name),
        named: images.map((one) => one.name),
      }),
      backupBundle: ({ label }: { label: string }): BundleFacts => {
        const backup = { ...bundle, label };
        this.bundles = [{ backup }, ...this.bundles];
        return backup;
      },
      listBundles: ({ only }: { only?: string }) =>
        this.bundles.filter((one) => only === undefined || one.backup.label === only),
      stageBundle: () => ({ files: 12, bytes: 8000 }),
      removeStaging: (): undefined => undefined,
      compareFiles: (): Comparison => this.comparison,
      keepFormerFiles: ({ label, files }: { label: string; files: { now?: string }[] }): BundleFacts | undefined =>
        files.some((one) => one.now !== undefined) ? { ...bundle, label } : undefined,
      placeFiles: ({ files }: { files: { path: string }[] }) => ({ written: files.map((one) => one.path) }),
      putBackFiles: ({ files }: { files: { path: string }[] }) => ({ written: files.map((one) => one.path) }),
      checkFiles: ({ files }: { files: unknown[] }) => ({ files: files.length }),
      inspectCertificates: (): CertificatesFound => {
        const problem = expired();
        return problem === undefined ? this.found : { certificates: [certificate], problem };
      },
      askServedCertificate: ({ expect }: { expect?: string }): ServedCertificate =>
        expect === undefined ? this.served : { ...this.served, fingerprint: expect, says: `it serves ${expect}` },
    };
  }
}
