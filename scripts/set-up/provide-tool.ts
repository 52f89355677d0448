import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildTool } from './build';
import { download } from './download';
import { messageOf, SetUpError } from './errors';
import { cacheDirectory, checkout, isExecutable } from './paths';
import { lastLines, run } from './run';
import { cachedTool, pinOf, type ToolName } from './tools';
import type { Progress } from './component';

/** Where the official release of a tool lies. */
export interface Release {
  url: string;
  checksumsUrl: string;
  /** The file to take out of the archive, where the release is a .tar.gz; without it the release is the program itself. */
  member?: string;
}

async function fetchRelease(release: Release, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const directory = await mkdtemp(`${to}.download-`);
  try {
    const file = join(directory, release.member ? 'archive.tar.gz' : 'program');
    await download({ url: release.url, checksumsUrl: release.checksumsUrl, to: file });
    let program = file;
    if (release.member) {
      const unpacked = await run('tar', ['-xzf', file, '-C', directory, release.member], { timeout: 60_000 });
      if (unpacked.code !== 0) throw new Error(`the archive does not unpack: ${lastLines(unpacked.stderr)}`);
      program = join(directory, release.member);
    }
    await chmod(program, 0o755);
    await rename(program, to);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * The pinned version of a tool in the cache: what is there, else the official release, else built from source.
 * @param release where the release of a version (`1.8.2`) is published; undefined: nowhere, it is built.
 * @returns the absolute path of the program.
 */
export async function provideTool(
  name: ToolName,
  release: ((version: string) => Release) | undefined,
  progress: Progress,
): Promise<string> {
  const to = cachedTool(name, checkout, cacheDirectory());
  if (isExecutable(to)) return to;
  if (!release) {
    await buildTool(name, to, progress);
    return to;
  }
  const { version } = pinOf(name, checkout);
  const from = release(version);
  let whyNot: string;
  try {
    progress(`downloading version ${version}`);
    await fetchRelease(from, to);
    return to;
  } catch (error) {
    whyNot = messageOf(error);
    progress(`no download (${whyNot}), so it is built`);
  }
  try {
    await buildTool(name, to, progress);
    return to;
  } catch (error) {
    const remedy = error instanceof SetUpError ? error.remedy : 'Run scripts/setup again.';
    throw new SetUpError(
      `Downloading ${from.url} failed (${whyNot}), and so did building it: ${messageOf(error)}`,
      remedy,
    );
  }
}
