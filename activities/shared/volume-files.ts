import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import type { Site } from '../../plan';
import { inspectContainer, labels, removeContainer } from './containers';
import { engineOf, engineStatus, onEngine } from './engine';

export interface VolumeFile {
  content: Buffer;
  uid: number;
  gid: number;
}

/** Files of a data directory, by path below it. */
export interface VolumeFiles {
  /** undefined: there is no such file. */
  read(path: string): Promise<VolumeFile | undefined>;
  /** Writes files into one directory; each belongs to whom the data directory belongs. Overwrites. */
  write(directory: string, files: { name: string; content: string | Buffer }[]): Promise<void>;
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
 * Reads and writes files of a server that does not run, through the engine's archive calls (Docker Engine API,
 * "ContainerArchive"): they work on a stopped container and on one that was never started, in milliseconds, where a
 * container that has to start takes half a second. The caller has proven that nothing runs on the volume.
 */
export async function withVolumeFiles<T>(
  site: Site,
  at: StoppedVolume,
  work: (files: VolumeFiles) => Promise<T>,
): Promise<T> {
  const found = at.containerId ? await inspectContainer(site, at.containerId) : undefined;
  const mounted = found?.Mounts.some((one) => one.Destination === at.dataDirectory && one.Name === at.volume);
  if (found && mounted) return work(filesOf(site, found.Id, at.dataDirectory));
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
    return await work(filesOf(site, made.id, at.dataDirectory));
  } finally {
    await removeContainer(site, made.id);
  }
}

/** The same on any container, e.g. to hand files to a server that runs. */
export function filesOf(site: Site, container: string, dataDirectory: string): VolumeFiles {
  const read = async (path: string): Promise<VolumeFile | undefined> => {
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
    read,
    write: async (directory, files) => {
      const owner = await read('PG_VERSION');
      const archive = pack();
      for (const { name, content } of files)
        archive.entry({ name, mode: 0o600, uid: owner?.uid ?? 0, gid: owner?.gid ?? 0, mtime: new Date() }, content);
      archive.finalize();
      const bytes = await buffer(archive);
      await onEngine(site, `writing ${files.map((one) => one.name).join(', ')} to container ${container}`, (engine) =>
        engine.getContainer(container).putArchive(bytes, { path: `${dataDirectory}/${directory}` }),
      );
    },
  };
}

/** The one file of an answer; undefined when it is a directory or nothing. */
function firstFile(stream: NodeJS.ReadableStream): Promise<VolumeFile | undefined> {
  return new Promise((resolve, reject) => {
    const tar = extract();
    let found: VolumeFile | undefined;
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
