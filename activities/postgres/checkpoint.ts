import { cancellationSignal } from '@temporalio/activity';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { databaseContainer } from '../shared/database-container';
import { psql } from '../shared/psql';

/**
 * Writes a checkpoint, so that the shutdown that follows has little left to write: clients wait for it then.
 * @throws DR-SQL, DR-DATABASE-DOWN
 */
export async function checkpoint(at: DatabaseAt): Promise<{ durationMs: number }> {
  const began = Date.now();
  const { Id } = await databaseContainer(at);
  await psql(at.site, Id, 'CHECKPOINT', { signal: cancellationSignal(), timeoutMs: 300_000 });
  return { durationMs: Date.now() - began };
}
