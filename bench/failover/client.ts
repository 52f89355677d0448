import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';

/** A write that the database acknowledged. Times are milliseconds of `performance.now()`. */
export interface Acknowledged {
  id: number;
  at: number;
  /** Timeline it was written on: a promoted server counts one up, so it tells the old side from the new. */
  timeline: number;
}

export interface ClientOptions {
  /** Longest wait for a connection and for an answer, milliseconds. Then the client hangs up and tries again. */
  patienceMs: number;
  /** Clients side by side. Default 2: what one of them waits for, the other may already have. */
  lanes?: number;
}

const table =
  'CREATE TABLE IF NOT EXISTS bench_writes (id bigint PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())';
const insert = `INSERT INTO bench_writes (id) VALUES ($1)
  RETURNING ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int AS timeline`;
const pause = 5;
/** A client that was turned away comes back after this time, milliseconds: a login is dear, and four hundred a second are an attack. */
const pauseAfterFailure = 20;

/** Ids never repeat, also between two processes that measure on the same data. */
let nextId = Date.now() * 1000;

/** Clients that write a row every few milliseconds and remember which were acknowledged: what an outage looks like to them. */
export class WritingClients {
  readonly acknowledged: Acknowledged[] = [];
  /** Transactions that ended with an error or were given up. */
  readonly failed: { at: number; why: string }[] = [];
  private readonly work: Promise<void>[];
  private stopped = false;

  /** Makes the table and starts to write. */
  static async start(address: ClientConfig, options: ClientOptions): Promise<WritingClients> {
    await once(address, 10_000, table);
    return new WritingClients(address, options);
  }

  private constructor(
    private readonly address: ClientConfig,
    private readonly options: ClientOptions,
  ) {
    this.work = Array.from({ length: options.lanes ?? 2 }, () => this.lane());
  }

  /**
   * The first write that was acknowledged on a later timeline.
   * @throws Error when there is none in time, with the last failures
   */
  async firstAfter(timeline: number, timeoutMs: number): Promise<Acknowledged> {
    for (const end = performance.now() + timeoutMs; performance.now() < end; await sleep(5)) {
      const found = this.acknowledged.find((one) => one.timeline > timeline);
      if (found) return found;
    }
    const last = [...new Set(this.failed.slice(-20).map((one) => one.why))].join('; ');
    throw new Error(`no write on a timeline after ${timeline} within ${timeoutMs / 1000} s; the clients said: ${last}`);
  }

  /** Ends all clients, the ones that wait included. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.work);
  }

  private async lane(): Promise<void> {
    let client: Client | undefined;
    while (!this.stopped) {
      const id = nextId++;
      try {
        client ??= await connect(this.address, this.options.patienceMs);
        const { rows } = await client.query<{ timeline: number }>(insert, [id]);
        this.acknowledged.push({ id, at: performance.now(), timeline: rows[0]?.timeline ?? 0 });
      } catch (error) {
        this.failed.push({ at: performance.now(), why: (error as Error).message });
        hangUp(client);
        client = undefined;
        await sleep(pauseAfterFailure);
        continue;
      }
      await sleep(pause);
    }
    hangUp(client);
  }
}

/** @param patienceMs longest wait for the connection, and later for each answer */
export async function connect(address: ClientConfig, patienceMs: number): Promise<Client> {
  const client = new Client({ ...address, connectionTimeoutMillis: patienceMs, query_timeout: patienceMs });
  // Unheard, the error event of a connection that breaks would end the process; the query's own error says it.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    hangUp(client);
    throw error;
  }
  return client;
}

/** One statement on a connection of its own. */
export async function once<Row extends object>(
  address: ClientConfig,
  patienceMs: number,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = await connect(address, patienceMs);
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    hangUp(client);
  }
}

/** Nobody waits for the goodbye of a server that may be frozen. */
function hangUp(client: Client | undefined): void {
  void client?.end().catch(() => undefined);
}
