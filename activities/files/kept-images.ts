/** Images are kept beside the bundles, one file per content: `images/<image id>.tar.gz`, with its checksum beside it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Site } from '../../plan';
import type { BundleImage } from '../../workflows/contracts/bundle';
import { hashOf } from '../shared/backup-files';
import { fromRoot } from '../shared/paths';

export interface ImagesAt {
  site: Site;
  /** `backups.directory` of the plan. */
  directory: string;
  images: BundleImage[];
}

export const imageFile = (directory: string, id: string): string =>
  join(fromRoot(directory), 'images', `${id.replace('sha256:', '')}.tar.gz`);

/** Size of a kept image whose file is what was written; undefined when there is none. */
export async function wholeImage(path: string): Promise<number | undefined> {
  const wanted = (await readFile(`${path}.sha256`, 'utf8').catch(() => '')).split(' ')[0];
  const found = wanted ? await hashOf(path).catch(() => undefined) : undefined;
  return found?.sha256 === wanted ? found?.bytes : undefined;
}
