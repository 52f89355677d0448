import type { KeptBackups, KeptInRepository } from '../../workflows/contracts/periodic';
import type { BackupFacts } from '../../workflows/contracts/recovery';
import { bytes } from '../../workflows/contracts/words';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { readRepository } from './read-repository';

/** Backups of a database in few words, asked of pgBackRest on the server itself. @throws DR-NO-BACKUP, DR-TOOL */
export async function keptInRepository(args: KeptInRepository): Promise<KeptBackups> {
  return withHeartbeat('looking at the backups that are kept', async (_beat, signal) => {
    const { Id } = await databaseContainer(args);
    const { info } = await readRepository(args, Id, { signal });
    return kept(`database ${args.database.name}`, info.backups, args);
  });
}

/** @param backups newest first @param period UTC, without its last moment */
export function kept(what: string, backups: BackupFacts[], period: { from: string; to: string }): KeptBackups {
  const [newest] = backups;
  const oldest = backups.at(-1);
  const inside = ({ stoppedAt }: BackupFacts): boolean =>
    Date.parse(stoppedAt) >= Date.parse(period.from) && Date.parse(stoppedAt) < Date.parse(period.to);
  const wrong = backups.filter((one) => one.hasErrors).map((one) => one.label);
  return {
    what,
    kept: backups.length,
    taken: backups.filter(inside).length,
    ...(newest
      ? {
          newest: newest.stoppedAt,
          newestIs: `${newest.label}, ${newest.kind}, database ${bytes(newest.databaseBytes)}`,
        }
      : {}),
    ...(oldest ? { oldest: oldest.stoppedAt } : {}),
    bytes: backups.reduce((sum, one) => sum + one.repositoryBytes, 0),
    faults:
      wrong.length > 0
        ? [`${wrong.length} with page checksum errors, which are no base: ${wrong.slice(0, 3).join(', ')}`]
        : [],
  };
}
