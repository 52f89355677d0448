import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { execIn, containerOf } from '../../../platform/lifecycle/compose';
import { connection, queryOnce, until } from '../../../platform/lifecycle/probe';
import { readRoles } from '../../../platform/lifecycle/roles';
import { approveUpdate, runQuery } from '../../../workflows/contracts/messages';
import { controlQueue, databaseResource, guardLock, recoveryLock } from '../../../workflows/contracts/names';
import { endStates } from '../../../workflows/contracts/run-view';
import { story } from '../../lib/story';
import { clientOf, type Cluster, type Server } from '../cluster';
import type { Stand } from '../../lib/stand';

const operator = { by: 'the bench', reason: 'side-by-side measurement' };
const restoreMs = 180_000;

/** The platform with the product's guard: it fails over by policy and reprotects by itself. */
export class ProductCluster implements Cluster {
  readonly title = 'product';
  private readonly resource: string;

  private constructor(
    private readonly link: Connection,
    private readonly client: Client,
    private readonly stand: Stand,
  ) {
    this.resource = databaseResource(stand.database.name);
  }

  /** Connects to the control plane and starts the guard. */
  static async start(address: string, stand: Stand): Promise<ProductCluster> {
    const link = await Connection.connect({ address });
    const cluster = new ProductCluster(link, new Client({ connection: link }), stand);
    await cluster.client.workflow.start('guardDatabase', {
      taskQueue: controlQueue,
      workflowId: guardLock(cluster.resource),
      args: [{ database: stand.database.name, by: operator.by }],
    });
    await cluster.restore();
    return cluster;
  }

  close(): Promise<void> {
    return this.link.close();
  }

  get clients(): Cluster['clients'] {
    return clientOf(this.stand.database.pooler.port, this.stand.env['PG_PASSWORD'] ?? '');
  }

  async primary(): Promise<Server> {
    const { primary } = await readRoles(this.stand.project);
    const container = await containerOf(this.stand.project, primary.service);
    if (!container) throw new Error(`${primary.service} does not run, and the pooler sends the clients to it`);
    const { env } = this.stand;
    return { container, address: clientOf(Number(env[primary.port]), env['PG_PASSWORD'] ?? '') };
  }

  /** Returns when the switchover is verified; the approval is given as soon as it is asked for. */
  async switchOver(): Promise<void> {
    const handle = await this.client.workflow.start('databaseSwitchover', {
      taskQueue: controlQueue,
      workflowId: recoveryLock(this.resource),
      args: [{ database: this.stand.database.name, ...operator }],
    });
    await this.approve(handle);
    await handle.result().catch(() => undefined);
    const view = await handle.query(runQuery);
    if (!view.objectives?.verifiedAt) throw new Error(`the switchover was not verified:\n${story(view)}`);
  }

  /**
   * Waits until the product has restored itself: the other server follows, and no run works on the database.
   * @throws Error with the stories of the runs when it did not
   */
  async restore(): Promise<void> {
    try {
      await until('the product has reprotected the database', () => this.quiet(), { timeoutMs: restoreMs });
      // The guard looks again after what it has done; a disaster in that very moment would be another experiment.
      await sleep(3000);
    } catch (error) {
      const stories = await Promise.all(
        [guardLock(this.resource), recoveryLock(this.resource)].map((id) => this.tell(id)),
      );
      throw new Error(`${(error as Error).message}\n${stories.join('\n')}`, { cause: error });
    }
  }

  private async quiet(): Promise<true | undefined> {
    const { project, env } = this.stand;
    const run = await this.client.workflow
      .getHandle(recoveryLock(this.resource))
      .describe()
      .catch(() => undefined);
    if (run?.status.name === 'RUNNING') return undefined;
    const { primary } = await readRoles(project);
    const streaming = `SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) < 65536`;
    const answer = await execIn(project, primary.service, ['psql', '-XqtA', '-d', 'postgres', '-c', streaming]);
    if (answer.stdout.trim() !== '1') return undefined;
    const write = `INSERT INTO dr_heartbeat (node) VALUES ('bench') RETURNING id`;
    await queryOnce(connection(env, 'PGBOUNCER_PORT'), write);
    return true;
  }

  private async approve(handle: WorkflowHandle): Promise<void> {
    for (;;) {
      const view = await handle.query(runQuery).catch(() => undefined);
      const open = view?.gates.find((gate) => gate.state === 'open');
      if (open) {
        const message = { card: open.card.hash, ...operator };
        await handle.executeUpdate(approveUpdate, { args: [message], updateId: randomUUID() });
        return;
      }
      if (view && (view.state === 'held' || endStates.has(view.state)))
        throw new Error(`the run is ${view.state} instead of waiting for an approval:\n${story(view)}`);
      await sleep(100);
    }
  }

  private async tell(id: string): Promise<string> {
    const view = await this.client.workflow
      .getHandle(id)
      .query(runQuery)
      .catch(() => undefined);
    return view ? `${id}:\n${story(view)}` : `${id}: no run`;
  }
}
