import type { ApprovalReference } from '../../workflows/contracts/approval';
import { drFailure } from '../../workflows/contracts/errors';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { demandApproval } from '../shared/approval';
import { databaseContainer } from '../shared/database-container';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { outlived } from './outlived-backups';
import { readRepository } from './read-repository';

export interface ExpireBackups extends DatabaseAt {
  /** Backups to remove, as they were approved. */
  labels: string[];
  /** How long a full backup is kept. */
  retentionDays: number;
  approval: ApprovalReference;
}

/**
 * Lets pgBackRest remove what the retention does not keep, with the WAL that nothing needs any more. The retention is given by
 * the plan and not by pgbackrest.conf, and what would go is compared with what was approved first. Safe to repeat.
 * @returns labels that are gone
 * @throws DR-APPROVAL-MISSING, DR-DRIFTED when other backups would go, DR-TOOL when one is still listed afterwards
 */
export async function expireBackups(args: ExpireBackups): Promise<string[]> {
  demandApproval(args.approval);
  return withHeartbeat('removing outlived backups', async (_beat, signal) => {
    const { Id } = await databaseContainer(args);
    const { stanza } = args.database.backup;
    const listed = async () => (await readRepository(args, Id, { signal })).info.backups;
    const wanted = outlived(await listed(), Date.now() - args.retentionDays * 86_400_000).labels;
    const more = wanted.filter((label) => !args.labels.includes(label));
    if (more.length > 0)
      throw drFailure(
        'DR-DRIFTED',
        `expire of stanza ${stanza} would also remove ${more.join(', ')}, which nobody approved`,
      );
    if (wanted.length > 0) {
      const retention = ['--repo1-retention-full-type=time', `--repo1-retention-full=${args.retentionDays}`];
      const quiet = ['--log-level-console=warn', '--log-level-file=off'];
      const command = ['pgbackrest', `--stanza=${stanza}`, ...retention, ...quiet, 'expire'];
      const result = await execIn(args.site, Id, command, { user: 'postgres', signal, timeoutMs: 3_600_000 });
      const left = (await listed()).map((one) => one.label).filter((label) => wanted.includes(label));
      if (left.length > 0)
        throw drFailure(
          'DR-TOOL',
          `pgbackrest expire of stanza ${stanza} ended with ${result.exitCode}, and still lists ${left.join(', ')}: ${`${result.stdout} ${result.stderr}`.replace(/\s+/g, ' ').trim().slice(-400)}`,
          { retry: true },
        );
    }
    return args.labels;
  });
}
