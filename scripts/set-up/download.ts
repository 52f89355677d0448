import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from './errors';

export interface Download {
  url: string;
  /** The file to write. It appears only when it is complete and its checksum is right. */
  to: string;
  /** The published list of SHA-256 sums (`<hex>  <file name>` lines) that must name the file. */
  checksumsUrl: string;
  /** Milliseconds until the server must have answered. Default: 5 000, so that a machine without network goes on soon. */
  answerWithin?: number;
  /** Milliseconds for the whole file. Default: 120 000; a slower line is better served by installing by hand. */
  timeout?: number;
}

/** Picks the sum of one file out of a list of sums; undefined when it is not named. */
export function checksumFor(list: string, file: string): string | undefined {
  for (const line of list.split('\n')) {
    const match = /^([0-9a-f]{64})\s+\*?(?:\.\/)?(\S+)$/i.exec(line.trim());
    if (match?.[2] === file) return match[1]?.toLowerCase();
  }
  return undefined;
}

async function open(url: string, answerWithin: number, timeout: number): Promise<Response> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${answerWithin / 1000} s`)), answerWithin);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([abort.signal, AbortSignal.timeout(timeout)]) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response;
  } catch (error) {
    // fetch hides the reason ("fetch failed") in the cause.
    const cause = error instanceof Error && error.cause ? error.cause : error;
    throw new Error(`${new URL(url).host}: ${messageOf(cause)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Downloads a file and compares it with its published checksum. The checksum comes from the same place as the file: it finds
 * damage, not a forger.
 * @throws Error naming the host and the reason.
 */
export async function download({
  url,
  to,
  checksumsUrl,
  answerWithin = 5_000,
  timeout = 120_000,
}: Download): Promise<void> {
  const file = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
  const sums = await open(checksumsUrl, answerWithin, timeout);
  const expected = checksumFor(await sums.text(), file);
  if (!expected) throw new Error(`${checksumsUrl} names no checksum for ${file}`);
  const response = await open(url, answerWithin, timeout);
  if (!response.body) throw new Error(`${url} answered without a body`);
  await mkdir(dirname(to), { recursive: true });
  const part = `${to}.part-${process.pid}`;
  const hash = createHash('sha256');
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(response.body), tap, createWriteStream(part));
    const actual = hash.digest('hex');
    if (actual !== expected) throw new Error(`${url} has the checksum ${actual}, but ${expected} was published`);
    await rename(part, to);
  } finally {
    await rm(part, { force: true });
  }
}
