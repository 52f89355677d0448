import type { ImageInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import { engineOf, engineStatus, onEngine } from './engine';

/** An image by name or id; undefined when the engine has none. */
export async function inspectImage(site: Site, name: string): Promise<ImageInspectInfo | undefined> {
  try {
    return await engineOf(site).getImage(name).inspect();
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    return onEngine(site, `looking for image ${name}`, () => Promise.reject(error as Error));
  }
}
