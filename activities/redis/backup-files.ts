/** Where the backups of a store lie, and what is written down of each. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Store } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { redisBackupSchema, type RedisBackup } from '../../workflows/contracts/store';
import { fromRoot } from '../shared/paths';

/** @param directory `backups.directory` of the plan */
export const backupFolder = (directory: string, { name }: Store): string => join(fromRoot(directory), 'stores', name);
export const snapshotFile = (folder: string, label: string): string => join(folder, `${label}.rdb`);
export const manifestFile = (folder: string, label: string): string => join(folder, `${label}.json`);

/** What is written down of one backup; undefined when there is none of that label, or it was never finished. */
export async function readManifest(folder: string, label: string): Promise<RedisBackup | undefined> {
  const text = await readFile(manifestFile(folder, label), 'utf8').catch(missing(undefined));
  if (text === undefined) return undefined;
  const parsed = redisBackupSchema.safeParse(parseJson(text));
  return parsed.success && parsed.data.label === label ? parsed.data : undefined;
}

/** All finished backups of a store, the newest first. */
export async function readManifests(folder: string): Promise<RedisBackup[]> {
  const names = await readdir(folder).catch(missing<string[]>([]));
  const labels = names.filter((one) => one.endsWith('.json')).map((one) => one.slice(0, -'.json'.length));
  const found = await Promise.all(labels.map((label) => readManifest(folder, label)));
  return found.filter((one) => one !== undefined).sort((a, b) => b.takenAt.localeCompare(a.takenAt));
}

/** @throws DR-BACKUP-CORRUPT when the file is not the one that was written */
export async function demandWhole(folder: string, { label, sha256, bytes }: RedisBackup): Promise<void> {
  const path = snapshotFile(folder, label);
  const hash = createHash('sha256');
  let read = 0;
  try {
    await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        read += chunk.length;
        hash.update(chunk);
      }
    });
  } catch (error) {
    throw drFailure(
      'DR-BACKUP-CORRUPT',
      `backup ${label} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`,
    );
  }
  if (read !== bytes || hash.digest('hex') !== sha256)
    throw drFailure(
      'DR-BACKUP-CORRUPT',
      `backup ${label} is not what was written: ${read} bytes of ${bytes}, or another checksum`,
    );
}

/** A directory that may not be read is not one without backups. */
const missing =
  <T>(value: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return value;
    throw drFailure('DR-TOOL', `the directory of the backups cannot be read: ${error.code ?? error.message}`);
  };

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
