import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { run } from '../run';

const LABEL = 'dr.content-hash';

/** The image that all of ours are built from; the set-up provides it. */
export const DEFAULT_BASE = 'debian:bookworm-slim';

async function files(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}

async function inspect(image: string, format: string): Promise<string | undefined> {
  const result = await run('docker', ['image', 'inspect', '--format', format, image], { tolerate: true });
  return result.code === 0 ? result.stdout.trim() : undefined;
}

/** @throws when the base image is not on the engine */
export async function baseImageId(base = DEFAULT_BASE): Promise<string> {
  const id = await inspect(base, '{{.Id}}');
  if (!id) throw new Error(`the base image ${base} is not on this Docker engine: run scripts/setup, which provides it`);
  return id;
}

/**
 * Builds an image from a folder with a Dockerfile. One whose files and base did not change (label `dr.content-hash`) is left
 * alone.
 *
 * @returns whether it was built
 * @throws with the end of the build's own output
 */
export async function buildImage(tag: string, context: string, base: string, baseId: string): Promise<boolean> {
  const hash = createHash('sha256').update(baseId);
  for (const file of await files(context)) {
    hash.update(`\0${file}\0`);
    for await (const chunk of createReadStream(join(context, file))) hash.update(chunk as Buffer);
  }
  const digest = hash.digest('hex');
  if ((await inspect(tag, `{{index .Config.Labels "${LABEL}"}}`)) === digest) return false;
  // The host's network: name resolution inside a build container depends on a resolver the container may not reach.
  const args = ['build', '--network', 'host', '--build-arg', `BASE=${base}`, '--label', `${LABEL}=${digest}`];
  await run('docker', [...args, '-t', tag, context], { timeoutMs: 15 * 60_000 });
  return true;
}
