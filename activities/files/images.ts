/** Images are kept beside the bundles, one file per content: `images/<image id>.tar.gz`, with its checksum beside it. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ImageInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import type { BundleImage, ImageFinding } from '../../workflows/contracts/bundle';
import { drFailure } from '../../workflows/contracts/errors';
import { hashOf } from '../shared/backup-files';
import { composeImages } from '../shared/compose';
import { engineOf, engineStatus, onEngine, patientEngineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { fromRoot } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';

interface ImagesAt {
  site: Site;
  /** `backups.directory` of the plan. */
  directory: string;
  images: BundleImage[];
}

const imageFile = (directory: string, id: string): string =>
  join(fromRoot(directory), 'images', `${id.replace('sha256:', '')}.tar.gz`);

/**
 * Images that the site's Compose file uses, and what they are on the engine.
 * @throws DR-COMPOSE when Compose cannot read the project: what it cannot read is no backup either
 */
export async function usedImages({ site }: { site: Site }): Promise<BundleImage[]> {
  return withHeartbeat('looking for the images in use', async (_beat, signal) => {
    const names = await composeImages(site, signal);
    return Promise.all(
      names.map(async (name) => {
        const found = await inspectImage(site, name);
        return { name, id: found?.Id ?? null, digests: found?.RepoDigests ?? [] };
      }),
    );
  });
}

/** Images of a bundle against the engine. */
export async function findImages({ site, images }: Omit<ImagesAt, 'directory'>): Promise<ImageFinding[]> {
  return withHeartbeat('looking for images', () =>
    Promise.all(
      images.map(async (image) => {
        const [there, named] = await Promise.all([
          image.id === null ? undefined : inspectImage(site, image.id),
          inspectImage(site, image.name),
        ]);
        return { image, there: there !== undefined, named: named !== undefined };
      }),
    ),
  );
}

/**
 * Keeps images (docker save), each once: an image that is kept already, and whole, is left alone.
 * @throws DR-ENGINE, DR-TOOL when the disk does not take it
 */
export async function saveImages({ site, directory, images }: ImagesAt): Promise<{ saved: string[]; bytes: number }> {
  return withHeartbeat('keeping images', async (beat, signal) => {
    const saved: string[] = [];
    let bytes = 0;
    for (const id of new Set(images.flatMap((one) => one.id ?? []))) {
      const name = images.find((one) => one.id === id)?.name ?? id;
      beat({ what: 'keeping images', text: name });
      const path = imageFile(directory, id);
      const before = await wholeImage(path);
      bytes += before ?? (await save(site, id, path, signal));
      if (before === undefined) saved.push(name);
    }
    return { saved, bytes };
  });
}

/**
 * Gives the engine the images that it lacks (docker load), from where `saveImages` kept them, and verifies that each is the very
 * one; a name goes to it only where no image has it. Nothing is pulled.
 * @throws DR-IMAGE-MISSING when one is not kept, DR-BACKUP-CORRUPT when its file is not what was written, DR-ENGINE
 */
export async function loadImages({
  site,
  directory,
  images,
}: ImagesAt): Promise<{ loaded: string[]; named: string[] }> {
  return withHeartbeat('loading images', async (beat, signal) => {
    const loaded: string[] = [];
    const named: string[] = [];
    for (const { name, id } of images) {
      if (id === null) continue;
      beat({ what: 'loading images', text: name });
      if (!(await inspectImage(site, id))) {
        await load(site, name, id, imageFile(directory, id), signal);
        loaded.push(name);
      }
      // A digest is no name that could be given.
      if (name.includes('@') || (await inspectImage(site, name))) continue;
      const at = name.lastIndexOf(':') > name.lastIndexOf('/') ? name.lastIndexOf(':') : name.length;
      await onEngine(site, `naming image ${id} ${name}`, (engine) =>
        engine.getImage(id).tag({ repo: name.slice(0, at), tag: name.slice(at + 1) || 'latest' }),
      );
      named.push(name);
    }
    return { loaded, named };
  });
}

async function inspectImage(site: Site, name: string): Promise<ImageInspectInfo | undefined> {
  try {
    return await engineOf(site).getImage(name).inspect();
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    return onEngine(site, `looking for image ${name}`, () => Promise.reject(error as Error));
  }
}

/** Size of a kept image whose file is what was written; undefined when there is none. */
async function wholeImage(path: string): Promise<number | undefined> {
  const wanted = (await readFile(`${path}.sha256`, 'utf8').catch(() => '')).split(' ')[0];
  const found = wanted ? await hashOf(path).catch(() => undefined) : undefined;
  return found?.sha256 === wanted ? found?.bytes : undefined;
}

async function save(site: Site, id: string, path: string, signal: AbortSignal): Promise<number> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const part = `${path}.part`;
  const hash = createHash('sha256');
  try {
    const image = await onEngine(site, `saving image ${id}`, () => patientEngineOf(site).getImage(id).get());
    const through = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    // Layers are mostly programs: a better compression costs minutes and saves little.
    await pipeline(image, createGzip({ level: 1 }), through, createWriteStream(part, { mode: 0o600 }), { signal });
    const file = await open(part, 'r+');
    await file.sync().finally(() => file.close());
    await rename(part, path);
    // In the form of sha256sum, written last: a file without it was never finished.
    await writeFileAtomically(`${path}.sha256`, `${hash.digest('hex')}  ${basename(path)}\n`, 0o600);
    return (await stat(path)).size;
  } catch (error) {
    signal.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw drFailure('DR-TOOL', `image ${id} cannot be kept: ${code}`, {
      retry: true,
      next: 'See that the disk of the backups has room and can be written; then retry.',
    });
  } finally {
    await rm(part, { force: true });
  }
}

async function load(site: Site, name: string, id: string, path: string, signal: AbortSignal): Promise<void> {
  if (!(await stat(path).catch(() => undefined)))
    throw drFailure('DR-IMAGE-MISSING', `image ${name} (${id}) is neither on the engine nor kept with the backups`, {
      next: 'Build or load it by hand, then retry; or skip, and the services that need it stay down.',
    });
  if ((await wholeImage(path)) === undefined)
    throw drFailure('DR-BACKUP-CORRUPT', `the kept image ${name} (${id}) is not what was written`);
  const said = await onEngine(site, `loading image ${name}`, async () =>
    text(await patientEngineOf(site).loadImage(createReadStream(path, { signal }))),
  );
  if (await inspectImage(site, id)) return;
  const complaint = /"error":"([^"]*)"/.exec(said)?.[1];
  throw drFailure(
    'DR-IMAGE-MISSING',
    `image ${name} was loaded, and the engine has none with id ${id}: ${complaint ?? said.slice(-200)}`,
  );
}
