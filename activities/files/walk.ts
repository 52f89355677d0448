import { readdir, realpath, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fromRoot } from '../shared/paths';

/** The same path, however it was typed: no doubled or trailing slash, no `.`; relative to the plan's root, or absolute. */
export const planPath = (path: string): string => posix.normalize(path).replace(/(.)\/$/, '$1');

/** Whether a path is one of `places` or lies below one. */
export const isBelow = (path: string, places: string[]): boolean =>
  places.map(planPath).some((place) => path === place || path.startsWith(place === '/' ? '/' : `${place}/`));

/**
 * Every file that is one of `places` or below one, as the plan would write it, sorted. Links are followed, because a
 * certificate is often one; a directory that was seen already is not walked again. Sockets and pipes are no configuration.
 * @throws what `stat` says, when one of `places` is not there
 */
export async function filesBelow(places: string[]): Promise<string[]> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const walk = async (path: string): Promise<void> => {
    const at = fromRoot(path);
    const about = await stat(at);
    if (about.isFile()) return void found.add(path);
    if (!about.isDirectory()) return;
    const real = await realpath(at);
    if (seen.has(real)) return;
    seen.add(real);
    for (const name of await readdir(at)) {
      // A link to nothing, and the half-written file of somebody who writes in one step, are gone by now or soon.
      const below = join(path, name);
      await walk(below).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  };
  for (const place of places) await walk(planPath(place));
  return [...found].sort();
}
