/**
 * Backups that are files: each is a data file and, written after it, a JSON file of the same label that says what it is.
 * Kept by label below a folder of the plan's `backups.directory`.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import { drFailure, problemOf } from '../../workflows/contracts/errors';

/** What every backup says of itself. */
export interface BackupRecord {
  label: string;
  /** UTC. */
  takenAt: string;
  sha256: string;
  bytes: number;
}

/** A backup as it was found, and why it is of no use. */
export interface Judged<B> {
  backup: B;
  problem?: string;
  /** Of the failure that says so. */
  code?: string;
}

/** Backups that are handed on; older ones are there, and can be named. */
const most = 50;

export const recordFile = (folder: string, label: string): string => join(folder, `${label}.json`);

/** What is written down of one backup; undefined when there is none of that label, or it was never finished. */
export async function readRecord<S extends z.ZodType<BackupRecord>>(
  folder: string,
  label: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  const text = await readFile(recordFile(folder, label), 'utf8').catch(missing(undefined));
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success && parsed.data.label === label ? parsed.data : undefined;
}

/** All finished backups of a folder, the newest first. */
export async function readRecords<S extends z.ZodType<BackupRecord>>(
  folder: string,
  schema: S,
): Promise<z.output<S>[]> {
  const names = await readdir(folder).catch(missing<string[]>([]));
  const labels = names.filter((one) => one.endsWith('.json')).map((one) => one.slice(0, -'.json'.length));
  const found = await Promise.all(labels.map((label) => readRecord(folder, label, schema)));
  return found.filter((one) => one !== undefined).sort((a, b) => b.takenAt.localeCompare(a.takenAt));
}

export interface Wanted {
  /** Look at this one alone. */
  only?: string | undefined;
  /** UTC or with offset; what was taken after it does not fit. */
  before?: string | undefined;
}

/**
 * Says of each backup why it is of no use, the newest first. Those that are older than the first good one are not examined:
 * that is the one that will be asked for.
 * @param examine throws with the reason
 */
export async function judgeBackups<B extends BackupRecord>(
  records: B[],
  { only, before }: Wanted,
  examine: (backup: B) => Promise<void>,
): Promise<Judged<B>[]> {
  const found = records.filter((one) => only === undefined || one.label === only);
  const isLate = ({ takenAt }: B): boolean => before !== undefined && Date.parse(takenAt) > Date.parse(before);
  // However many were taken since: the newest of those that fit are among those that are handed on.
  const late = found.filter(isLate);
  const all = [...late.slice(0, 5), ...found.filter((one) => !isLate(one)).slice(0, most)];
  const judged: Judged<B>[] = [];
  for (const backup of all) {
    const known = judged.some((one) => one.problem === undefined);
    if (isLate(backup)) judged.push({ backup, problem: 'it was taken after the data was lost' });
    else judged.push({ backup, ...(known ? {} : await failureOf(() => examine(backup))) });
  }
  return judged;
}

async function failureOf(examine: () => Promise<void>): Promise<{ problem?: string; code?: string }> {
  try {
    await examine();
    return {};
  } catch (error) {
    const { code, message } = problemOf(error);
    return { problem: message, code };
  }
}

/** @throws DR-BACKUP-CORRUPT when the file is not the one that was written */
export async function demandWhole(path: string, { label, sha256, bytes }: BackupRecord): Promise<void> {
  const found = await hashOf(path).catch((error: NodeJS.ErrnoException) => {
    throw drFailure('DR-BACKUP-CORRUPT', `backup ${label} cannot be read: ${error.code ?? 'unknown error'}`);
  });
  if (found.bytes !== bytes || found.sha256 !== sha256)
    throw drFailure(
      'DR-BACKUP-CORRUPT',
      `backup ${label} is not what was written: ${found.bytes} bytes of ${bytes}, or another checksum`,
    );
}

/** Size and checksum of a file, read once and never held whole. */
export async function hashOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      hash.update(chunk);
    }
  });
  return { bytes, sha256: hash.digest('hex') };
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
