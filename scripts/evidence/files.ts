/** Files of a bundle, as they lie on the disk. */
import { readdir } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { hashOf } from '../../activities/shared/backup-files';
import { manifestName, type Entry } from './chain';

/** What lies below a folder, sorted: files by their path with `/`; what is neither file nor folder apart. */
export async function walk(folder: string): Promise<{ files: string[]; others: string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const pathOf = (entry: (typeof entries)[number]): string =>
    relative(folder, join(entry.parentPath, entry.name)).split(sep).join(posix.sep);
  return {
    files: entries
      .filter((entry) => entry.isFile())
      .map(pathOf)
      .sort(),
    others: entries
      .filter((entry) => !entry.isFile() && !entry.isDirectory())
      .map(pathOf)
      .sort(),
  };
}

/** Whether a path stays inside the bundle, however it is resolved. */
export const isInside = (path: string): boolean =>
  !posix.isAbsolute(path) &&
  posix.normalize(path) === path &&
  !path.split('/').includes('..') &&
  !path.includes('\\') &&
  !path.includes('\0');

/**
 * Compares the files of a bundle with what its manifest lists.
 * @returns a sentence for each that is changed, missing, added, listed twice or no plain file
 */
export async function faultsOfFiles(folder: string, entries: readonly Entry[]): Promise<string[]> {
  const faults: string[] = [];
  const { files, others } = await walk(folder);
  const listed = new Map<string, { bytes: number; sha256: string }>();
  for (const entry of entries) {
    if (!('path' in entry)) continue;
    if (listed.has(entry.path)) faults.push(`${entry.path}: it is listed twice`);
    if (!isInside(entry.path)) faults.push(`${entry.path}: this path leads out of the bundle`);
    else listed.set(entry.path, entry);
  }
  for (const path of others) faults.push(`${path}: it is a link or the like, and no plain file`);
  for (const path of files)
    if (path !== manifestName && !listed.has(path)) faults.push(`${path}: it was added, no entry lists it`);
  for (const [path, { bytes, sha256 }] of listed) {
    if (!files.includes(path)) {
      faults.push(`${path}: it is missing`);
      continue;
    }
    const found = await hashOf(join(folder, path));
    if (found.sha256 !== sha256)
      faults.push(
        `${path}: it was changed (SHA-256 ${found.sha256.slice(0, 12)}…, ${found.bytes} bytes; expected ${sha256.slice(0, 12)}…, ${bytes} bytes)`,
      );
  }
  return faults;
}
