import type { DatabaseAt, Inspection } from '../../workflows/contracts/recovery';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { askBusinessQueries } from './ask-business-queries';

/** Longest wait for a lock that a client holds, milliseconds. */
const lockTimeoutMs = 5_000;

/**
 * Asks the plan's business queries of the server that serves, read-only.
 * @returns the verdict on each
 * @throws DR-DATABASE-DOWN, DR-SQL
 */
export async function checkIntegrity(at: DatabaseAt): Promise<Inspection['businessQueries']> {
  return withHeartbeat(`asking the business queries of ${at.database.name}`, async (_beat, signal) => {
    const { Id } = await databaseContainer(at);
    return askBusinessQueries(at, Id, { lockTimeoutMs, signal });
  });
}
