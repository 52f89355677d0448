import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateDirectory } from './layout';

export interface Roles {
  /** Compose services, and the variables of the env file that name their published ports. */
  primary: { service: string; port: 'POSTGRES_PORT' | 'STANDBY_PORT' };
  standby: { service: string; port: 'POSTGRES_PORT' | 'STANDBY_PORT' };
}

const first = { service: 'postgres', port: 'POSTGRES_PORT' } as const;
const second = { service: 'postgres-standby', port: 'STANDBY_PORT' } as const;

/** Which of a project's two servers is the primary now: the one its pooler sends the clients to. */
export async function readRoles(project: string): Promise<Roles> {
  const file = join(stateDirectory(project), 'pgbouncer', 'databases.ini');
  const text = await readFile(file, 'utf8').catch(() => '');
  return /host=postgres-standby\b/.test(text)
    ? { primary: second, standby: first }
    : { primary: first, standby: second };
}
