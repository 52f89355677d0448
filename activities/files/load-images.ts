import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { onEngine, patientEngineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { inspectImage } from '../shared/images';
import { imageFile, wholeImage, type ImagesAt } from './kept-images';

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
