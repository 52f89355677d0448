import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { onEngine, patientEngineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { writeFileAtomically } from '../shared/write-file';
import { imageFile, wholeImage, type ImagesAt } from './kept-images';

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

async function save(site: Site, id: string, path: string, signal: AbortSignal): Promise<number> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
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
