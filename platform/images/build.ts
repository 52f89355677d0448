import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { baseImageId, buildImage, DEFAULT_BASE } from './build-image';

const HERE = __dirname;

/** The platform's images: directory below platform/images and the tag it is built to. */
export const IMAGES = [
  { directory: 'postgres', tag: 'shandi/postgres:15' },
  { directory: 'pgbouncer', tag: 'shandi/pgbouncer:1' },
  { directory: 'redis', tag: 'shandi/redis:1' },
  { directory: 'nginx', tag: 'shandi/nginx:1' },
  { directory: 'service', tag: 'shandi/service:1' },
] as const;

export interface BuildOptions {
  /** The image they are built from; it has to be on the engine already. Default debian:bookworm-slim. */
  base?: string;
}

/** The service program as one file for the Node.js of Debian 12 (18). */
async function bundleService(): Promise<string> {
  const result = await bundle({
    entryPoints: [join(HERE, '../service/main.ts')],
    bundle: true,
    platform: 'node',
    target: 'node18',
    sourcemap: 'inline',
    external: ['pg-native'],
    logLevel: 'silent',
    write: false,
  });
  return result.outputFiles[0]?.text ?? '';
}

async function buildOne(directory: string, tag: string, base: string, baseId: string): Promise<boolean> {
  const context = await mkdtemp(join(tmpdir(), 'shandi-image-'));
  try {
    await cp(join(HERE, directory), context, { recursive: true });
    if (directory === 'service') await writeFile(join(context, 'server.js'), await bundleService());
    return await buildImage(tag, context, base, baseId);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/**
 * Builds the platform's images from Debian packages. An image whose files and base did not change (label
 * `dr.content-hash`) is left alone, so calling this again costs about a second.
 *
 * @param log is told one line per image
 * @throws when the base image is not on the engine, or with the end of the build's own output
 */
export async function buildImages(
  log: (line: string) => void,
  { base = DEFAULT_BASE }: BuildOptions = {},
): Promise<void> {
  const baseId = await baseImageId(base);
  const queue = [...IMAGES];
  const worker = async (): Promise<void> => {
    for (let image = queue.shift(); image; image = queue.shift()) {
      const began = Date.now();
      const built = await buildOne(image.directory, image.tag, base, baseId);
      log(
        built
          ? `image ${image.tag} built in ${((Date.now() - began) / 1000).toFixed(1)} s`
          : `image ${image.tag} is up to date`,
      );
    }
  };
  // Two at a time: one waits for the network while the other unpacks.
  await Promise.all([worker(), worker()]);
}
