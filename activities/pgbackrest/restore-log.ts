/** Reads what `pgbackrest restore` prints. Pure functions. */
import type { DrCode } from '../../workflows/contracts/errors';

/** Share of the restore that is done after a line of the log, 0 to 1. */
export function parseShare(line: string): number | undefined {
  const found = /restore (?:zeroed )?file .*\((?:[^()]*,\s*)(\d+(?:\.\d+)?)%\)/.exec(line);
  return found?.[1] ? Number(found[1]) / 100 : undefined;
}

/** Number of files, from the last line of the log. */
export function parseFileTotal(log: string): number {
  return Number(/file total = (\d+)/.exec(log)?.[1] ?? 0);
}

/**
 * What a failed restore means. Everything that reading a file of the backup can fail with counts as a corrupt backup: a
 * flipped byte shows as a wrong checksum, as a decompression or as a decryption error, depending on where it lies.
 * @param unfinished files that were left incomplete: the one at fault, and what other processes were at
 */
export function classifyRestore(
  exitCode: number,
  output: string,
  unfinished: string[] = [],
): { code: DrCode; sentence: string } {
  const errors = output
    .split('\n')
    .filter((line) => /\bERROR: /.test(line))
    .map((line) => line.replace(/^.*?ERROR:\s*/, '').trim());
  const said = (errors.join(' · ') || output.trim().slice(-400)).slice(0, 600);
  if (/No space left on device|ENOSPC/i.test(output)) return { code: 'DR-DISK-TOO-SMALL', sentence: said };
  const file =
    /(?:error restoring|restore file|unable to (?:open|read|load)(?: missing)? (?:file )?)\s*'?([^\s':]+)/.exec(
      said,
    )?.[1];
  const unreadable =
    /checksum|does not match expected|decompress|unable to flush|cipher|decrypt|zst|lz4|unexpected eof|size mismatch|missing file|unable to open missing/i;
  const where = file ? `file ${file}: ` : unfinished.length > 0 ? `file ${unfinished.join(' or ')}: ` : '';
  if (errors.length > 0 && unreadable.test(said)) return { code: 'DR-BACKUP-CORRUPT', sentence: `${where}${said}` };
  return { code: 'DR-TOOL', sentence: `pgbackrest restore ended with ${exitCode}: ${said}` };
}
