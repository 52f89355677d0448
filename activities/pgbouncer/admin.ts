import { Client } from 'pg';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { secret } from '../shared/secrets';

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

  /** Opens the console, does the work, closes it. @throws DR-POOLER (retryable when it does not answer) */
  static async use<T>(at: DatabaseAt, work: (admin: Admin) => Promise<T>): Promise<T> {
    const { pooler } = at.database;
    const client = new Client({
      host: pooler.host,
      port: pooler.port,
      user: pooler.adminUser,
      password: await secret(pooler.adminPassword),
      database: 'pgbouncer',
      connectionTimeoutMillis: 3000,
    });
    // A console that dies between two commands fails the next command; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      throw drFailure(
        'DR-POOLER',
        `the admin console of ${pooler.service} at ${pooler.host}:${pooler.port} does not answer: ${(error as Error).message}`,
        { retry: true },
      );
    }
    try {
      return await work(new Admin(client, at));
    } finally {
      void client.end().catch(() => undefined);
    }
  }

  /** Sends a command. @param timeoutMs our own time-out: the console has none (default 5 000) */
  async run(command: string, timeoutMs = 5000): Promise<Record<string, unknown>[]> {
    try {
      const query = { text: command, query_timeout: timeoutMs };
      return (await this.client.query<Record<string, unknown>>(query)).rows;
    } catch (error) {
      const { message } = error as Error;
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

/** The console did not answer a command in our time. */
export class AdminTimeout extends Error {
  constructor(readonly command: string) {
    super(`no answer to ${command}`);
  }
}
