import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { missing, present, type Component, type Progress } from '../component';
import { buildRootFileSystem, recipe } from '../debian-root';
import { SetUpError, messageOf } from '../errors';
import { cacheDirectory } from '../paths';
import { lastLines, run } from '../run';

const image = 'debian:bookworm-slim';

/** The tarball of a base image built here; its name changes with the recipe and the processor. */
function tarball(): string {
  const key = createHash('sha256').update(`${process.arch}\n${recipe}`).digest('hex').slice(0, 12);
  return join(cacheDirectory(), 'images', `debian-bookworm-slim-${key}.tar`);
}

async function importTarball(file: string): Promise<void> {
  const result = await run(
    'docker',
    // What the published image has too: import carries files only.
    [
      'import',
      '--change',
      'CMD ["bash"]',
      '--change',
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      file,
      image,
    ],
    { timeout: 300_000 },
  );
  if (result.code !== 0) throw new Error(`docker import of ${file} failed: ${lastLines(result.stderr)}`);
}

/** Tries the registry. It must answer within 10 s; from then on the download may take as long as a slow line needs. */
async function pull(): Promise<string | undefined> {
  const result = await run('docker', ['pull', image], { firstOutputWithin: 10_000, timeout: 300_000 });
  if (result.code === 0) return undefined;
  return result.timedOut ? 'no answer within 10 s' : lastLines(result.stderr, 1);
}

async function build(progress: Progress): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'debian-root-'));
  try {
    await buildRootFileSystem(join(directory, 'root'), tarball(), progress);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The image that all images of the platform start from. */
export const baseImage: Component = {
  name: 'base-image',
  title: 'Base image',
  needs: ['docker'],

  async look() {
    const found = await run('docker', ['image', 'inspect', '--format', '{{.Size}}', image]);
    if (found.code === 0) return present(`${image}, ${Math.round(Number(found.stdout) / 1e6)} MB`);
    return missing(
      `Docker has no image ${image}.`,
      `Run scripts/setup, or \`docker pull ${image}\` where the registry can be reached.`,
    );
  },

  async provide(progress) {
    // Our own tarball goes before the registry: it exists only where the registry could not be reached before.
    if (!existsSync(tarball())) {
      progress(`pulling ${image}`);
      const whyNot = await pull();
      if (whyNot === undefined) return;
      progress(`no pull (${whyNot}), so it is built from Debian's packages`);
      try {
        await build(progress);
      } catch (error) {
        throw new SetUpError(
          `Pulling ${image} failed (${whyNot}), and so did building it: ${messageOf(error)}`,
          error instanceof SetUpError
            ? error.remedy
            : `Load the image by hand (\`docker load\`), then run scripts/setup again.`,
        );
      }
    }
    progress(`importing ${image}`);
    await importTarball(tarball());
  },
};
