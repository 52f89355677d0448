/** The form of a bundle: a tar of `manifest.json` and `files/…`, encrypted with age. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Decrypter, Encrypter } from 'age-encryption';
import { extract, pack } from 'tar-stream';
import type { Plan } from '../../plan';
import {
  bundleManifestSchema,
  type BundleKind,
  type BundleManifest,
  type BundleBackup,
} from '../../workflows/contracts/bundle';
import { drFailure } from '../../workflows/contracts/errors';
import { demandWhole } from '../shared/backup-files';
import { fromRoot } from '../shared/paths';
import { identitiesOf } from './keys';

/** A bundle in the open, in memory. */
export interface OpenBundle {
  manifest: BundleManifest;
  /** By path as the manifest has it. */
  files: Map<string, Buffer>;
}

/** @param replaced the bundles of what restores have replaced, instead of those that restores are made from */
export const bundleFolder = ({ directory }: Plan['backups'], kind: BundleKind, replaced = false): string =>
  join(fromRoot(directory), kind, ...(replaced ? ['replaced'] : []));
export const sealedFile = (folder: string, label: string): string => join(folder, `${label}.tar.age`);

export const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** Name in the archive: below one directory, so that a bundle opened by hand overwrites nothing. */
export const entryName = (path: string): string => `files/${path.replace(/^\/+/, '')}`;

/** Encrypts a bundle. Configuration is small: it is held whole, and never lies on a disk in the open. */
export async function seal({ manifest, files }: OpenBundle, recipients: string[]): Promise<Buffer> {
  const archive = pack();
  const mtime = new Date(manifest.takenAt);
  archive.entry({ name: 'manifest.json', mode: 0o600, mtime }, `${JSON.stringify(manifest, undefined, 2)}\n`);
  for (const { path, mode, uid, gid } of manifest.files)
    archive.entry({ name: entryName(path), mode, uid, gid, mtime }, files.get(path) ?? Buffer.alloc(0));
  archive.finalize();
  const encrypter = new Encrypter();
  for (const one of recipients) encrypter.addRecipient(one);
  return Buffer.from(await encrypter.encrypt(await buffer(archive)));
}

/**
 * Opens a bundle, and compares every file in it with its manifest.
 * @throws DR-BACKUP-CORRUPT when it cannot be opened, or is not what its manifest says
 */
export async function unseal(label: string, sealed: Buffer, identities: string[]): Promise<OpenBundle> {
  const corrupt = (why: string): Error => drFailure('DR-BACKUP-CORRUPT', `bundle ${label} ${why}`);
  const decrypter = new Decrypter();
  for (const one of identities) decrypter.addIdentity(one);
  const plain = await decrypter.decrypt(sealed).catch((error: Error) => {
    throw corrupt(`cannot be opened by the identity of the plan: ${error.message}`);
  });
  const entries = await entriesOf(Buffer.from(plain)).catch((error: Error) => {
    throw corrupt(`holds no archive: ${error.message}`);
  });
  const parsed = bundleManifestSchema.safeParse(parseJson(entries.get('manifest.json')));
  if (!parsed.success) throw corrupt('has no manifest');
  const manifest = parsed.data;
  const files = new Map<string, Buffer>();
  for (const { path, size, sha256: wanted } of manifest.files) {
    const content = entries.get(entryName(path));
    if (content?.length !== size || sha256(content) !== wanted)
      throw corrupt(`does not hold ${path} as its manifest says`);
    files.set(path, content);
  }
  if (entries.size !== files.size + 1) throw corrupt('holds files that its manifest does not name');
  return { manifest, files };
}

/** Reads and opens one that was found. @throws DR-BACKUP-CORRUPT, DR-SECRET */
export async function openBundle(folder: string, backup: BundleBackup, backups: Plan['backups']): Promise<OpenBundle> {
  const path = sealedFile(folder, backup.label);
  await demandWhole(path, backup);
  const opened = await unseal(backup.label, await readFile(path), await identitiesOf(backups));
  if (opened.manifest.label === backup.label && opened.manifest.kind === backup.kind) return opened;
  throw drFailure('DR-BACKUP-CORRUPT', `bundle ${backup.label} holds bundle ${opened.manifest.label}: it was renamed`);
}

function entriesOf(archive: Buffer): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    const found = new Map<string, Buffer>();
    const tar = extract();
    tar.on('entry', (header, entry, next) => {
      buffer(entry).then((content) => {
        if (header.type === 'file') found.set(header.name, content);
        next();
      }, reject);
    });
    tar.on('finish', () => resolve(found));
    tar.on('error', reject);
    tar.end(archive);
  });
}

function parseJson(text: Buffer | undefined): unknown {
  try {
    return JSON.parse(text?.toString('utf8') ?? '');
  } catch {
    return undefined;
  }
}
