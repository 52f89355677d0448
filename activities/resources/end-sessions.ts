import { escapeLiteral } from 'pg';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { IdleSession } from '../../workflows/contracts/resources';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { demandApproval } from '../shared/approval';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { queryJson } from '../shared/psql';

export interface EndSessions extends DatabaseAt {
  sessions: IdleSession[];
  approval: ApprovalReference;
}

/**
 * Ends sessions that do nothing in an open transaction: those on the card, by process id and start, and only while they are
 * still idle. What they had not committed is rolled back, as the client would find after any lost connection.
 * @returns how many were ended
 * @throws DR-APPROVAL-MISSING, DR-DATABASE-DOWN, DR-SQL
 */
export async function endSessions(args: EndSessions): Promise<{ ended: number }> {
  demandApproval(args.approval);
  const { site, database, sessions } = args;
  return withHeartbeat(`ending ${sessions.length} sessions of ${database.name}`, async (_beat, signal) => {
    const container = await databaseContainer(args);
    const named = sessions.map(
      ({ pid, startedAt }) => `(${Math.trunc(pid)}, ${escapeLiteral(startedAt)}::timestamptz)`,
    );
    if (named.length === 0) return { ended: 0 };
    const ended = await queryJson<number>(
      site,
      container.Id,
      `SELECT to_json(count(*)) FROM (SELECT pg_terminate_backend(pid, 5000) AS done FROM pg_stat_activity
        WHERE (pid, backend_start) IN (${named.join(', ')}) AND state LIKE 'idle in transaction%') AS one WHERE done`,
      { signal },
    );
    return { ended };
  });
}
