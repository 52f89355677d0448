import { randomBytes } from 'node:crypto';
import { copyFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Site } from '../../plan';
import { compose } from '../shared/compose';
import { problemOf } from '../../workflows/contracts/errors';
import { fromRoot } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';
import { stagedFile, stagingFolder } from './staging';

// Parts of the site's project are looked at one by one, each beside something that is known to be good. What Compose
// complains is not handed on: it quotes the file, and what is broken may be a secret without its key.

/** A project that asks for nothing, so that nothing but the env file can be wrong. */
const nothing = 'services:\n  nothing:\n    image: nothing\n';

/** Whether Compose can read an env file, as the plan writes its path. */
export async function composeReadsEnv(site: Site, envFile: string, signal: AbortSignal): Promise<boolean> {
  const file = join(stagingFolder(), 'nothing.yml');
  await writeFileAtomically(file, nothing);
  return reads(site, { file, envFile }, ['--quiet'], signal);
}

/**
 * Whether Compose can read the site's Compose file where it lies, with no regard to variables.
 * @returns undefined when the bundle's own cannot be read by it either, so that nothing can be said
 */
export async function composeReadsFile(site: Site, signal: AbortSignal): Promise<boolean | undefined> {
  const envFile = join(stagingFolder(), 'nothing.env');
  await writeFileAtomically(envFile, '\n');
  const parse = (file: string): Promise<boolean> =>
    reads(site, { file, envFile }, ['--no-interpolate', '--quiet'], signal);
  if (await parse(site.compose.file)) return true;
  // What it includes may be what is missing: it is tried among the bundle's files.
  const staged = stagedFile(site.compose.file);
  if (!(await parse(staged))) return undefined;
  const trial = join(dirname(staged), `.${randomBytes(4).toString('hex')}.yml`);
  try {
    await copyFile(fromRoot(site.compose.file), trial);
    return await parse(trial);
  } catch {
    return false;
  } finally {
    await rm(trial, { force: true });
  }
}

async function reads(
  site: Site,
  files: { file: string; envFile: string },
  options: string[],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await compose({ ...site, compose: { ...site.compose, ...files } }, ['config', ...options], signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    // That there is no Compose says nothing of the file.
    if (/could not be started/.test(problemOf(error).message)) throw error;
    return false;
  }
}
