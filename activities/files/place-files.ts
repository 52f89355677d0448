import { readFile, realpath } from 'node:fs/promises';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { BundleFile } from '../../workflows/contracts/bundle';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { withHeartbeat } from '../shared/heartbeat';
import { fromRoot } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';
import { sha256 } from './bundle-file';
import { plannedContent, stage, type StagedAt } from './staging';

/** A file that is to be written, as it was approved. */
export interface PlannedFile {
  path: string;
  /** Checksum of what is there; absent: nothing is. */
  now?: string;
  /** Checksum of what is to be written. */
  then: string;
}

export interface PlaceFiles extends StagedAt {
  files: PlannedFile[];
  approval: ApprovalReference;
}

/**
 * Writes files of the staged bundle to their places, each in one step, with mode and owner of the bundle. One that has its
 * content already is left alone.
 * @throws DR-APPROVAL-MISSING, DR-DRIFTED when what was staged, or what is there, is not what was approved, DR-TOOL
 */
export async function placeFiles(args: PlaceFiles): Promise<{ written: string[] }> {
  demandApproval(args.approval);
  return withHeartbeat('writing files', async (beat) => {
    const { manifest } = await stage(args);
    const written: string[] = [];
    for (const { path, now, then } of args.files) {
      beat({ what: 'writing', text: path });
      const about = manifest.files.find((one) => one.path === path);
      const content = await plannedContent(path);
      if (!about || sha256(content) !== then)
        throw drFailure('DR-DRIFTED', `what was staged for ${path} is not what was approved`);
      const there = await checksum(path);
      if (there === then) continue;
      if (there !== now) throw drFailure('DR-DRIFTED', `${path} was changed after it was approved to replace it`);
      await putFile(about, content);
      written.push(path);
    }
    return { written };
  });
}

/** Writes one file in one step, with mode and owner as they were kept; the owner where we may. @throws DR-TOOL */
export async function putFile(
  about: Pick<BundleFile, 'path' | 'mode' | 'uid' | 'gid'>,
  content: Buffer,
): Promise<void> {
  const at = fromRoot(about.path);
  try {
    // A link stays a link: what it leads to is replaced.
    await writeFileAtomically(await realpath(at).catch(() => at), content, about.mode, about);
  } catch (error) {
    throw drFailure('DR-TOOL', `${about.path} cannot be written: ${(error as NodeJS.ErrnoException).code ?? ''}`, {
      retry: true,
      next: 'See that its directory can be written by the worker and its disk has room; then retry.',
    });
  }
}

/** Checksum of what is there; undefined when nothing is. */
export async function checksum(path: string): Promise<string | undefined> {
  const content = await readFile(fromRoot(path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw drFailure('DR-TOOL', `${path} cannot be read: ${error.code ?? 'unknown error'}`);
  });
  return content === undefined ? undefined : sha256(content);
}
