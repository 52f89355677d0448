import { statfs } from 'node:fs/promises';

/** Room of a file system in bytes. */
export interface FileSystemRoom {
  /** What somebody who is not root may still write. */
  freeBytes: number;
  /**
   * What is used and what may still be used, together, as `df` counts for its `Use%`: blocks that are kept for root (5 % by
   * default in ext4, more where a machine is given a share of a disk) are nobody's room.
   */
  totalBytes: number;
}

/** Measures the file system on which a path of this machine lies. @throws what `statfs` throws, such as ENOENT */
export async function fileSystemRoom(path: string): Promise<FileSystemRoom> {
  const { blocks, bfree, bavail, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, totalBytes: (blocks - bfree + bavail) * bsize };
}

/** The arguments of `df` whose answer `readDf` reads. */
export const dfArguments = (path: string): string[] => ['df', '--block-size=1', '--output=used,avail', path];

/** What `df` printed, in the same terms; undefined when it is nothing of the kind. */
export function readDf(printed: string): FileSystemRoom | undefined {
  const [used, free] = (printed.trim().split('\n').at(-1) ?? '').trim().split(/\s+/).map(Number);
  if (used === undefined || free === undefined || !Number.isFinite(used) || !Number.isFinite(free)) return undefined;
  return { freeBytes: free, totalBytes: used + free };
}
