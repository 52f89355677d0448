/**
 * Words of the procedures that back up and restore files: the configuration of the platform, and the certificates of its
 * gateway. What a bundle holds never leaves the worker: hashes, names of files and names of keys do.
 */
import { z } from 'zod';
import type { Plan, Site } from '../../plan';
import { approvalTimeoutMs, backupLabel, startedBy } from './input';

/** Which files of the plan: `backups.configuration` or `backups.certificates`. */
export const bundleKinds = ['configuration', 'certificates'] as const;
export type BundleKind = (typeof bundleKinds)[number];

export const backupConfigurationInputSchema = z.strictObject({
  ...startedBy,
  images: z
    .boolean()
    .optional()
    .describe("whether images that the site's Compose file uses are kept as well; default: the plan"),
});
export type BackupConfigurationInput = z.infer<typeof backupConfigurationInputSchema>;

export const backupCertificatesInputSchema = z.strictObject(startedBy);
export type BackupCertificatesInput = z.infer<typeof backupCertificatesInputSchema>;

const restore = {
  ...startedBy,
  backup: backupLabel.optional().describe('bundle to restore; default: the newest that is whole'),
  what: z
    .enum(['missing', 'all'], { error: 'expected missing or all' })
    .default('missing')
    .describe('missing: files that are missing or broken (default); all: every file that differs as well'),
  approvalTimeoutMs,
  policyMayAnswer: z
    .boolean()
    .default(true)
    .describe('whether the plan may answer where nothing that works is overwritten. Default true'),
};

export const restoreConfigurationInputSchema = z.strictObject({
  ...restore,
  images: z.boolean().default(true).describe('whether images that the engine lacks are loaded. Default true'),
});
export type RestoreConfigurationInput = z.infer<typeof restoreConfigurationInputSchema>;

export const restoreCertificatesInputSchema = z.strictObject(restore);
export type RestoreCertificatesInput = z.infer<typeof restoreCertificatesInputSchema>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** An image that the site's Compose file uses. */
export const bundleImageSchema = z.strictObject({
  /** As the Compose file names it. */
  name: z.string(),
  /** Content address on the engine; null: the engine did not have it. */
  id: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .nullable(),
  /** Digests under which a registry knows it; none for an image that was built. */
  digests: z.array(z.string()),
});
export type BundleImage = z.infer<typeof bundleImageSchema>;

export const bundleFileSchema = z.strictObject({
  /** As the plan writes it: absolute, or relative to the plan's root. */
  path: z.string().min(1),
  mode: z.int().min(0).max(0o7777),
  uid: z.int().min(0),
  gid: z.int().min(0),
  size: z.int().min(0),
  sha256,
});
export type BundleFile = z.infer<typeof bundleFileSchema>;

/** First entry of every bundle: what is in it. */
export const bundleManifestSchema = z.strictObject({
  label: backupLabel,
  kind: z.enum(bundleKinds),
  /** Title of the plan, and Compose project of the site. */
  platform: z.string(),
  project: z.string(),
  /** UTC. */
  takenAt: z.iso.datetime(),
  files: z.array(bundleFileSchema).min(1),
  images: z.array(bundleImageSchema),
});
export type BundleManifest = z.infer<typeof bundleManifestSchema>;

/** What is written down of a bundle beside it, as a file anybody may read: the manifest, and what the encrypted file is. */
export const bundleBackupSchema = bundleManifestSchema.extend({ sha256, bytes: z.int().min(1) });
export type BundleBackup = z.infer<typeof bundleBackupSchema>;

/** A bundle in few words; its list of files stays with the worker. */
export interface BundleFacts {
  label: string;
  takenAt: string;
  sha256: string;
  /** Of the encrypted file. */
  bytes: number;
  files: number;
  images: BundleImage[];
}

/** What an activity needs to know of the bundles of one kind. */
export interface BundlesAt {
  site: Site;
  kind: BundleKind;
  backups: Plan['backups'];
}

/** Where the gateway's certificate lies, and the name it has to stand for. */
export interface CertificatesAt {
  /** Directory of the plan (`gateway.certificates`), or one file. */
  path: string;
  publicName: string;
}

/** One certificate as it lies in a file; of a chain the first. */
export interface CertificateFacts {
  path: string;
  /** UTC. */
  notBefore: string;
  notAfter: string;
  names: string[];
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` prints it. */
  fingerprint: string;
  /** A private key beside it belongs to it. */
  keyMatches: boolean;
  /** Why the gateway should not serve it, in a sentence. */
  problem?: string;
}

export interface CertificatesFound {
  certificates: CertificateFacts[];
  /** The one that can be served now: valid, with its key, for the public name; absent: none can. */
  good?: CertificateFacts;
  /** Why none can be served, in a sentence; absent when one can. */
  problem?: string;
}

/** What one variable of an env file decides that procedures change: a bundle may be older than the last change. */
export interface StatefulVariable {
  variable: string;
  /** What it names: `volume of database shandi`. */
  what: string;
  /** Service whose container has the volume mounted, and where. Absent: the variable names no volume. */
  mounted?: { service: string; directory: string };
  /** Pooler's databases file that names the same host, and the database in it. */
  pooler?: { databasesFile: string; database: string };
}

/** An env file of the plan, and what in it is state. */
export interface EnvFileAt {
  path: string;
  site: Site;
  stateful: StatefulVariable[];
}

/**
 * A file of the bundle against what is there. `broken`: it is there and of no use. `kept`: it differs or is missing, and is not for this procedure
 * to replace.
 */
export type FileState = 'same' | 'changed' | 'missing' | 'broken' | 'kept';

export interface FileFinding {
  path: string;
  state: Exclude<FileState, 'same'>;
  /** Why, in a few words that quote nothing of the file. */
  says: string;
  /** It is to be written. */
  restore: boolean;
  /** Checksum of what is there; absent: nothing is, or it cannot be read. */
  now?: string;
  /** Checksum of what is to be written. */
  then: string;
  /** Names of keys of an env file, never values: what the restore adds, takes away and gives another value. */
  keys?: { added: string[]; removed: string[]; changed: string[] };
}

export interface Comparison {
  /** Files that are as in the bundle. */
  same: number;
  /** Every other one. */
  files: FileFinding[];
  /** What a person has to know before; with any of them the policy does not answer. */
  warnings: string[];
}

/** Image of a bundle against the engine. */
export interface ImageFinding {
  image: BundleImage;
  /** The engine has an image of that content. */
  there: boolean;
  /** The engine has some image of that name. */
  named: boolean;
}
