import type { Site } from '../../plan';
import type { BundleImage, ImageFinding } from '../../workflows/contracts/bundle';
import { composeImages } from '../shared/compose';
import { withHeartbeat } from '../shared/heartbeat';
import { inspectImage } from '../shared/images';
import type { ImagesAt } from './kept-images';

/**
 * Images that the site's Compose file uses, and what they are on the engine.
 * @throws DR-COMPOSE when Compose cannot read the project: what it cannot read is no backup either
 */
export async function usedImages({ site }: { site: Site }): Promise<BundleImage[]> {
  return withHeartbeat('looking for the images in use', async (_beat, signal) => {
    const names = [...new Set((await composeImages(site, signal)).values())].sort();
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
