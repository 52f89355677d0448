import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { connection, readEnv } from '../../platform/lifecycle';
import { project } from './names';

/** Patient clients at the pooler, each with a connection it keeps: what an application's pool looks like. */
export class WritingClients {
  private stopped = false;
  private acknowledged = 0;
  private readonly failed: string[] = [];
  private work: Promise<unknown> = Promise.resolve();

  static async start(count = 4): Promise<WritingClients> {
    const clients = new WritingClients();
    const config = connection(await readEnv(project), 'PGBOUNCER_PORT');
    clients.work = Promise.all(
      Array.from({ length: count }, async () => {
        const client = new Client(config);
        client.on('error', (error) => clients.failed.push(error.message));
        await client.connect();
        await clients.write(client);
        await client.end();
      }),
    );
    return clients;
  }

  /** How many transactions were acknowledged, and what the others ended with. */
  async stop(): Promise<{ acknowledged: number; failed: string[] }> {
    this.stopped = true;
    await this.work;
    return { acknowledged: this.acknowledged, failed: this.failed };
  }

  private async write(client: Client): Promise<void> {
    while (!this.stopped) {
      try {
        await client.query('BEGIN');
        await client.query(`INSERT INTO dr_heartbeat (node) VALUES ('patient-client')`);
        await client.query('COMMIT');
        this.acknowledged += 1;
      } catch (error) {
        this.failed.push((error as Error).message);
        return;
      }
      await sleep(5);
    }
  }
}
