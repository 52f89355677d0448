import { randomBytes } from 'node:crypto';
import { chown, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import type { Site } from '../../plan';
import { inspectContainer, labels, removeContainer } from './containers';
import { engineOf, engineStatus, onEngine } from './engine';
import { inspectVolume } from './ownership';

/** Files of a data directory, by path below it. */
export interface VolumeFiles {
  /** undefined: there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** Writes files into the directory, on disk; each belongs to whom the data directory belongs. Overwrites. */
  write(files: { name: string; content: string | Buffer }[]): Promise<void>;
}

export interface StoppedVolume {
  /** A stopped container that mounts it; when it is gone, one is made, never started, and removed. */
  containerId?: string;
  volume: string;
  /** Image for a container that has to be made; it is never run. */
  image: string;
  dataDirectory: string;
}

/**
 * Reads and writes files of a server that does not run. A worker that sits on its engine's machine and may look into the
 * volume's directory does so; any other goes through the engine's archive calls (Docker Engine API, "ContainerArchive"), which
 * work on a stopped container and on one that was never started. Either is quicker than a container that has to start.
 * The caller has proven that nothing runs on the volume.
 */
export async function withVolumeFiles<T>(
  site: Site,
  at: StoppedVolume,
  work: (files: VolumeFiles) => Promise<T>,
): Promise<T> {
  const here = await mountpoint(site, at.volume);
  if (here !== undefined) return work(localFiles(here));
  const found = at.containerId ? await inspectContainer(site, at.containerId) : undefined;
  const mounted = found?.Mounts.some((one) => one.Destination === at.dataDirectory && one.Name === at.volume);
  if (found && mounted) return work(archiveFiles(site, found.Id, at.dataDirectory));
  const name = `${site.compose.project}-dr-files-${randomBytes(4).toString('hex')}`;
  const made = await onEngine(site, `making container ${name} on volume ${at.volume}`, (engine) =>
    engine.createContainer({
      name,
      Image: at.image,
      Labels: { [labels.role]: 'files', [labels.platform]: site.compose.project },
      HostConfig: { NetworkMode: 'none', Binds: [`${at.volume}:${at.dataDirectory}`], RestartPolicy: { Name: 'no' } },
    }),
  );
  try {
    return await work(archiveFiles(site, made.id, at.dataDirectory));
  } finally {
    await removeContainer(site, made.id);
  }
}

/** Directory of a volume on this very machine, when it is one and may be looked into. */
export async function mountpoint(site: Site, volume: string): Promise<string | undefined> {
  // Tests and wary administrators: everything through the engine.
  if (!('socketPath' in site.engine) || process.env['DR_VOLUME_ACCESS'] === 'engine') return undefined;
  const found = await inspectVolume(site, volume);
  if (!found) return undefined;
  const there = await stat(join(found.mountpoint, 'PG_VERSION')).catch(() => undefined);
  return there?.isFile() ? found.mountpoint : undefined;
}

function localFiles(directory: string): VolumeFiles {
  return {
    read: async (path) => {
      try {
        return await readFile(join(directory, path));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: async (files) => {
      const { uid, gid } = await stat(join(directory, 'PG_VERSION'));
      for (const { name, content } of files) {
        const file = await open(join(directory, name), 'w', 0o600);
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        await chown(join(directory, name), uid, gid);
      }
    },
  };
}

/**
 * Writes into a file of a volume on this very machine, from an offset on; the file must be there.
 * @returns false when the volume is elsewhere or may not be looked into, or has no such file
 */
export async function patchHere(
  site: Site,
  volume: string,
  path: string,
  offset: number,
  content: Buffer,
): Promise<boolean> {
  const here = await mountpoint(site, volume);
  if (here === undefined) return false;
  const file = await open(join(here, path), 'r+').catch(() => undefined);
  if (!file) return false;
  try {
    // A disk that is full takes less than it is given.
    for (let done = 0; done < content.length;)
      done += (await file.write(content, done, content.length - done, offset + done)).bytesWritten;
    await file.datasync();
    return true;
  } finally {
    await file.close();
  }
}

/** Through the engine, on any container that mounts the data directory. */
export function archiveFiles(site: Site, container: string, dataDirectory: string): VolumeFiles {
  const entry = async (path: string): Promise<Entry | undefined> => {
    try {
      return await firstFile(
        await engineOf(site)
          .getContainer(container)
          .getArchive({ path: `${dataDirectory}/${path}` }),
      );
    } catch (error) {
      if (engineStatus(error) === 404) return undefined;
      return onEngine(site, `reading ${path} of container ${container}`, () => Promise.reject(error as Error));
    }
  };
  return {
    read: async (path) => (await entry(path))?.content,
    write: async (files) => {
      const owner = await entry('PG_VERSION');
      const archive = pack();
      for (const { name, content } of files)
        archive.entry({ name, mode: 0o600, uid: owner?.uid ?? 0, gid: owner?.gid ?? 0, mtime: new Date() }, content);
      archive.finalize();
      const bytes = await buffer(archive);
      await onEngine(site, `writing ${files.map((one) => one.name).join(', ')} to container ${container}`, (engine) =>
        engine.getContainer(container).putArchive(bytes, { path: dataDirectory }),
      );
    },
  };
}

interface Entry {
  content: Buffer;
  uid: number;
  gid: number;
}

/** The one file of an answer; undefined when it is a directory or nothing. */
function firstFile(stream: NodeJS.ReadableStream): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const tar = extract();
    let found: Entry | undefined;
    tar.on('entry', (header, entry, next) => {
      if (header.type !== 'file') {
        entry.resume();
        return next();
      }
      buffer(entry).then((content) => {
        found = { content, uid: header.uid ?? 0, gid: header.gid ?? 0 };
        next();
      }, reject);
    });
    tar.on('finish', () => resolve(found));
    tar.on('error', reject);
    stream.on('error', reject);
    stream.pipe(tar);
  });
}
