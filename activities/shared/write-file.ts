import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file in one step: a reader, or a machine that loses power, sees the old text or the new one, never a part.
 * The new file is on disk when this returns. Keeps the mode (and, when we may, the owner) of the file it replaces.
 * @param mode of a file that did not exist (default 0600)
 * @param as mode and owner that the file gets whatever it replaces; the owner when we may
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
  as?: { mode: number; uid: number; gid: number },
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const old = as ?? (await stat(path).catch(() => undefined));
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      // The umask may have taken bits away when the file was made.
      await file.chmod(old ? old.mode & 0o7777 : mode);
      if (old && (old.uid !== process.getuid?.() || old.gid !== process.getgid?.()))
        await file.chown(old.uid, old.gid).catch(() => undefined);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
