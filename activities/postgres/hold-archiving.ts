import { escapeLiteral } from 'pg';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { demandApproval } from '../shared/approval';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { psql, queryJson } from '../shared/psql';

export interface HeldArchiving {
  held: boolean;
  /** Value that postgresql.auto.conf had for archive_command; null: none. What has to be put back. */
  before: string | null;
  /** Segments that waited to be archived. */
  waiting: number;
}

/** More waiting segments than this and archiving is left alone: the standby may not keep them long enough to archive them. */
const mostWaiting = 2;

const lookSql = `SELECT json_build_object('before', (SELECT setting FROM pg_file_settings
     WHERE name = 'archive_command' AND sourcefile LIKE '%postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1),
  'waiting', (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'))`;

const reload = 'DO $dr$ BEGIN PERFORM pg_reload_conf(); END $dr$';

/**
 * Lets a primary that is about to be shut down leave its last segments to its successor: a shutdown waits until the archiver
 * has pushed them, and the clients wait with it. The standby has the same segments and archives them after its promotion.
 * Safe to repeat.
 * @throws DR-APPROVAL-MISSING, DR-SQL, DR-DATABASE-DOWN
 */
export async function holdArchiving(args: DatabaseAt & { approval: ApprovalReference }): Promise<HeldArchiving> {
  demandApproval(args.approval);
  return withHeartbeat('leaving the last segments to the successor', async (_beat, signal) => {
    const { Id } = await databaseContainer(args);
    const found = await queryJson<{ before: string | null; waiting: number }>(args.site, Id, lookSql, { signal });
    // Ours already: an earlier try of this step.
    if (found.before === '') return { held: true, before: null, waiting: found.waiting };
    if (found.waiting > mostWaiting) return { held: false, ...found };
    await psql(args.site, Id, [`ALTER SYSTEM SET archive_command = ''`, reload], { signal });
    return { held: true, ...found };
  });
}

/** Undo of `holdArchiving`, on the server that runs again. Leaves a command alone that was never taken away. */
export async function releaseArchiving(
  args: DatabaseAt & { before: string | null; approval: ApprovalReference },
): Promise<void> {
  demandApproval(args.approval);
  const { Id } = await databaseContainer(args);
  const now = await queryJson<{ before: string | null }>(args.site, Id, lookSql);
  if (now.before !== '') return;
  const statement =
    args.before === null
      ? 'ALTER SYSTEM RESET archive_command'
      : `ALTER SYSTEM SET archive_command = ${escapeLiteral(args.before)}`;
  await psql(args.site, Id, [statement, reload]);
}
