import { Client } from 'pg';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { secret } from './secrets';

/** A row of `SHOW DATABASES` (pgbouncer manual, "Admin console"). */
export interface PooledDatabase {
  name: string;
  host: string;
  port: number;
  database: string;
  paused: boolean;
}

/** The admin console. It speaks the simple protocol only, so commands are plain text; names come from the checked plan. */
export class Admin {
  private constructor(
    private readonly client: Client,
    private readonly at: DatabaseAt,
  ) {}

  /** Every command was answered: the connection may be used again. */
  private sound = true;

  /**
   * Does the work on a console that is open already, else on a new one. A login costs the pooler ten milliseconds in which it
   * serves nobody, so a console stays open for a while.
   * @throws DR-POOLER (retryable when it does not answer)
   */
  static async use<T>(at: DatabaseAt, work: (admin: Admin) => Promise<T>): Promise<T> {
    const client = takeIdle(at) ?? (await open(at));
    const admin = new Admin(client, at);
    try {
      return await work(admin);
    } finally {
      if (admin.sound) putBack(at, client);
      else void client.end().catch(() => undefined);
    }
  }

  /** Has a console open for whoever needs one next. */
  static async keepReady(at: DatabaseAt): Promise<void> {
    await Admin.use(at, (admin) => admin.run('SHOW VERSION'));
  }

  /** Sends a command. @param timeoutMs our own time-out: the console has none (default 5 000) */
  async run(command: string, timeoutMs = 5000): Promise<Record<string, unknown>[]> {
    try {
      const query = { text: command, query_timeout: timeoutMs };
      return (await this.client.query<Record<string, unknown>>(query)).rows;
    } catch (error) {
      const { message } = error as Error;
      this.sound = false;
      if (message.includes('Query read timeout')) throw new AdminTimeout(command);
      throw drFailure('DR-POOLER', `${this.at.database.pooler.service} answered ${command} with: ${message}`, {
        retry: true,
      });
    }
  }

  /** State of the database that clients use. @throws DR-POOLER when the pooler does not know it */
  async database(): Promise<PooledDatabase> {
    const { database, service } = this.at.database.pooler;
    const row = (await this.run('SHOW DATABASES')).find((one) => one['name'] === database);
    if (!row) throw drFailure('DR-POOLER', `${service} has no database ${database}, which the plan names`);
    return {
      name: database,
      host: String(row['host']),
      port: Number(row['port']),
      database: String(row['database']),
      paused: Number(row['paused']) === 1,
    };
  }

  /** Connections to the server that still work for a client. */
  async busyServers(): Promise<number> {
    const { database } = this.at.database.pooler;
    const pools = (await this.run('SHOW POOLS')).filter((one) => one['database'] === database);
    return pools.reduce(
      (sum, one) => sum + Number(one['sv_active'] ?? 0) + Number(one['sv_idle'] ?? 0) + Number(one['sv_used'] ?? 0),
      0,
    );
  }
}

/** A console that nobody used for this long is closed, milliseconds. Whoever watches a database touches it every few seconds. */
const idleMs = 30_000;

/** Open consoles that nobody uses now, by pooler. */
const idle = new Map<string, { client: Client; until: NodeJS.Timeout }>();

const keyOf = ({ database: { pooler } }: DatabaseAt): string =>
  JSON.stringify([pooler.host, pooler.port, pooler.adminUser]);

function takeIdle(at: DatabaseAt): Client | undefined {
  const key = keyOf(at);
  const client = idle.get(key)?.client;
  forget(key);
  return client;
}

function putBack(at: DatabaseAt, client: Client): void {
  const key = keyOf(at);
  if (idle.has(key)) return void client.end().catch(() => undefined);
  const close = (): void => {
    forget(key);
    void client.end().catch(() => undefined);
  };
  const until = setTimeout(close, idleMs);
  until.unref();
  idle.set(key, { client, until });
}

function forget(key: string): void {
  clearTimeout(idle.get(key)?.until);
  idle.delete(key);
}

async function open(at: DatabaseAt): Promise<Client> {
  const { pooler } = at.database;
  const client = new Client({
    host: pooler.host,
    port: pooler.port,
    user: pooler.adminUser,
    password: await secret(pooler.adminPassword),
    database: 'pgbouncer',
    connectionTimeoutMillis: 3000,
  });
  // A console that dies between two commands fails the next command; one that dies while nobody uses it is forgotten.
  const key = keyOf(at);
  const gone = (): void => {
    if (idle.get(key)?.client === client) forget(key);
  };
  client.on('error', gone).on('end', gone);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw drFailure(
      'DR-POOLER',
      `the admin console of ${pooler.service} at ${pooler.host}:${pooler.port} does not answer: ${(error as Error).message}`,
      { retry: true },
    );
  }
}

/** The console did not answer a command in our time. */
export class AdminTimeout extends Error {
  constructor(readonly command: string) {
    super(`no answer to ${command}`);
  }
}
