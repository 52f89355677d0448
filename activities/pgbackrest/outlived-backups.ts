import type { Outlived } from '../../workflows/contracts/backup';
import type { BackupFacts, DatabaseAt } from '../../workflows/contracts/recovery';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { readRepository } from './read-repository';

export interface OutlivedBackups extends DatabaseAt {
  /** How long a full backup is kept. */
  retentionDays: number;
}

/** Backups that a retention does not keep. Reads only. @throws DR-NO-BACKUP, DR-TOOL */
export async function outlivedBackups(args: OutlivedBackups): Promise<Outlived> {
  return withHeartbeat('looking for outlived backups', async (_beat, signal) => {
    const { Id } = await databaseContainer(args);
    const { info } = await readRepository(args, Id, { signal });
    return outlived(info.backups, Date.now() - args.retentionDays * 86_400_000);
  });
}

/**
 * pgBackRest's rule for a retention by time (manual, `repo-retention-full-type`): every moment within it must stay reachable,
 * so the newest full backup from before it stays, too; what is older than that one goes, with whatever refers to it. Where that
 * one has errors nothing goes: an older one is the only base there is.
 * @param backups newest first
 * @param before moment, milliseconds since 1970
 */
export function outlived(backups: BackupFacts[], before: number): Outlived {
  const full = backups.filter((one) => one.kind === 'full');
  const at = full.findIndex((one) => Date.parse(one.stoppedAt) < before);
  const goes = new Set(at < 0 || full[at]?.hasErrors ? [] : full.slice(at + 1).map((one) => one.label));
  return {
    labels: backups
      .filter((one) => goes.has(one.label) || (one.references ?? []).some((label) => goes.has(label)))
      .map((one) => one.label)
      .reverse(),
    keeps: full.filter((one) => !goes.has(one.label)).map((one) => one.label),
  };
}
