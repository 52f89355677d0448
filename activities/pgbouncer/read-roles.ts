import { readFile } from 'node:fs/promises';
import type { Roles } from '../../workflows/contracts/cluster';
import { drFailure } from '../../workflows/contracts/errors';
import { membersOf } from '../../workflows/contracts/members';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { fromRoot } from '../shared/paths';
import { hostOf } from '../shared/databases-file';

/**
 * Who is primary: the server the pooler's databases file sends the clients to. It is the one record that survives the death
 * of every server, and what the clients obey.
 * @throws DR-POOLER when the file cannot be read, or names a host that is no server of the database
 */
export async function readRoles({ database }: DatabaseAt): Promise<Roles> {
  const { databasesFile, database: pooled } = database.pooler;
  const text = await readFile(fromRoot(databasesFile), 'utf8').catch((error: Error) => {
    throw drFailure('DR-POOLER', `databases file ${databasesFile} of the plan cannot be read: ${error.message}`);
  });
  const host = hostOf(text, pooled);
  const members = membersOf(database).map((one) => one.service);
  if (host !== undefined && members.includes(host)) return { primary: host };
  throw drFailure(
    'DR-POOLER',
    `the line of ${pooled} in ${databasesFile} ${host === undefined ? 'has no host' : `sends clients to ${host}`}; expected a server of database ${database.name}: ${members.join(', ')}`,
    { next: 'Correct the host in that file, or the servers in the plan.' },
  );
}
