import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../platform/run';
import { cacheDirectory, checkout } from '../set-up/paths';
import type { Progress } from '../set-up/component';

/** The core of the SDK comes for every system at once; a container needs one of them. */
const coreReleases = 'node_modules/@temporalio/core-bridge/releases';
const ours = process.arch === 'arm64' ? 'aarch64-unknown-linux-gnu' : 'x86_64-unknown-linux-gnu';

/**
 * The packages a worker needs, without those for development, installed by npm into the cache; kept per lock file.
 * @returns the folder that holds `node_modules`
 */
export async function workerPackages(progress: Progress): Promise<string> {
  const hash = createHash('sha256').update(`${process.arch}\n${process.versions.modules}\n`);
  hash.update(readFileSync(join(checkout, 'package-lock.json')));
  const to = join(cacheDirectory(), 'control-plane', `packages-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(to)) return to;
  progress('installing the packages of the workers (npm ci --omit=dev)');
  const draft = await mkdtemp(`${to}.part-`);
  try {
    for (const file of ['package.json', 'package-lock.json']) await cp(join(checkout, file), join(draft, file));
    const args = ['ci', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    await run('npm', [...args, '--loglevel=error'], { cwd: draft, timeoutMs: 10 * 60_000 });
    for (const release of await readdir(join(draft, coreReleases)))
      if (release !== ours) await rm(join(draft, coreReleases, release), { recursive: true });
    await rename(draft, to);
    return to;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
