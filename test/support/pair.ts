/**
 * Primary and standby under test, with what brings disasters on them and what says how it went. Which server is the primary
 * changes from test to test: nothing here names one.
 */
import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { Client as Postgres } from 'pg';
import { derivePlan, loadPlan, writePlan, type Plan } from '../../plan';
import { root } from '../../activities/shared/paths';
import { connection, readEnv, readRoles, type Roles } from '../../platform/lifecycle';
import type { Ledger, Verdict } from '../../platform/ledger';
import { runQuery } from '../../workflows/contracts/messages';
import { controlQueue, guardLock, recoveryLock, type ProcedureName } from '../../workflows/contracts/names';
import { endStates, type Report, type RunView } from '../../workflows/contracts/run-view';
import { containerOf, docker, inContainer } from './docker';
import { portOffset, project } from './names';
import { approve, resultOf, story } from './runs';
import { asClient, type Shandi } from './shandi';

const run = promisify(execFile);
const resource = 'database.shandi';
export const lockId = recoveryLock(resource);
export const guardId = guardLock(resource);

export interface Server {
  service: string;
  /** Name of its container. */
  container: string;
  port: number;
}

export class Pair {
  private readonly planted: (() => Promise<unknown>)[] = [];
  private ledger: Ledger | undefined;

  constructor(readonly shandi: Shandi) {}

  // ---- who is who -----------------------------------------------------------------------------------------------------

  async roles(): Promise<{ primary: Server; standby: Server }> {
    const env = await readEnv(project);
    const { primary, standby } = await readRoles(project);
    const server = ({ service, port }: Roles['primary']): Server => ({
      service,
      container: containerOf(service),
      port: Number(env[port]),
    });
    return { primary: server(primary), standby: server(standby) };
  }

  /** One statement straight on a server, as its administrator; what psql printed. */
  sql({ container }: Pick<Server, 'container'>, statement: string): Promise<string> {
    return inContainer(container, ['psql', '-XAtq', '-c', statement, 'theshandi_db']);
  }

  /** The timeline a server writes on or follows. */
  async timeline(server: Server): Promise<number> {
    return Number(await this.sql(server, `SELECT timeline_id FROM pg_control_checkpoint()`));
  }

  async inRecovery(server: Server): Promise<boolean> {
    return (await this.sql(server, 'SELECT pg_is_in_recovery()')) === 't';
  }

  // ---- the plan and the runs ------------------------------------------------------------------------------------------

  /** Writes the plan of this platform, changed; runs that begin from now on pin it. Undone when the test is over. */
  async plan(change: (plan: Plan) => Plan = (plan) => plan): Promise<void> {
    const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
    const patient = withFailover(derivePlan(plan, { project, portOffset }), { minimumInterval: 0 });
    await writePlan(change(patient), process.env['DR_PLAN'] ?? '', root());
  }

  start(type: ProcedureName, input: Record<string, unknown> = {}): Promise<WorkflowHandle> {
    return this.shandi.client.workflow.start(type, {
      taskQueue: controlQueue,
      workflowId: type === 'guardDatabase' ? guardId : lockId,
      args: [{ database: 'shandi', by: 'tester', reason: 'test', ...input }],
    });
  }

  /** Starts the guard and waits until it has seen the primary. */
  async guard(): Promise<WorkflowHandle> {
    const handle = await this.start('guardDatabase');
    await this.guardSays('it watches', (view) => view.state === 'watching');
    // One look of every observer, so that there is a sample to measure a loss by.
    await sleep(1_200);
    return handle;
  }

  /** Ends the guard, if there is one. */
  async unguard(): Promise<void> {
    const handle = this.shandi.client.workflow.getHandle(guardId);
    const status = await handle.describe().catch(() => undefined);
    if (status?.status.name !== 'RUNNING') return;
    await handle.executeUpdate('abort', { args: [{ by: 'tester', reason: 'the test is over' }] });
    await handle.result().catch(() => undefined);
  }

  /** Waits until the guard's view is as wanted; fails with its timeline. */
  async guardSays(what: string, wanted: (view: RunView) => boolean, timeoutMs = 60_000): Promise<RunView> {
    let view: RunView | undefined;
    const handle = this.shandi.client.workflow.getHandle(guardId);
    const end = Date.now() + timeoutMs;
    while (Date.now() < end) {
      view = await handle.query<RunView>(runQuery).catch(() => view);
      if (view && wanted(view)) return view;
      await sleep(50);
    }
    throw new Error(`the guard did not say that ${what}; it is ${view?.state ?? 'silent'}\n${story(view)}`);
  }

  /** The next run of the lock that is not `former`, whoever starts it. */
  async nextRun(type: ProcedureName, former: string | undefined, timeoutMs = 60_000): Promise<WorkflowHandle> {
    return this.shandi.eventually(
      `a run of ${type} begins`,
      async () => {
        const found = await this.latest();
        if (!found || found.runId === former || found.type !== type) return undefined;
        return this.shandi.client.workflow.getHandle(lockId, found.runId);
      },
      timeoutMs,
    );
  }

  /** The newest run that has, or had, the lock. */
  async latest(): Promise<{ runId: string; type: string; running: boolean } | undefined> {
    const found = await this.shandi.client.workflow
      .getHandle(lockId)
      .describe()
      .catch(() => undefined);
    return found && { runId: found.runId, type: found.type, running: found.status.name === 'RUNNING' };
  }

  // ---- disasters ------------------------------------------------------------------------------------------------------

  /** Kills a container as the engine does; its restart policy counts that as somebody's wish and leaves it. */
  async kill({ container }: Server): Promise<void> {
    await docker.getContainer(container).kill({ signal: 'SIGKILL' });
  }

  /** Kills the postmaster from inside, so that the container ends by itself and its restart policy acts. */
  async crash(server: Server): Promise<void> {
    await signalPostmaster(server, 'KILL');
  }

  /** Stops process 1 of a container, so that the container outlives its server; only the engine can send it that signal. */
  async stopInit({ container }: Server): Promise<void> {
    await docker.getContainer(container).kill({ signal: 'SIGSTOP' });
  }

  /** Stops every process of a container where it stands, as a hung host would. */
  async freeze(server: Server): Promise<void> {
    await signalAll(server, 'STOP');
  }

  /** Lets it go on. @returns whether there was anything left to go on */
  async thaw(server: Server): Promise<boolean> {
    return signalAll(server, 'CONT').then(
      () => true,
      () => false,
    );
  }

  /** Rebuilds whatever does not follow; a person says yes where one is asked. */
  async reprotect(input: Record<string, unknown> = {}): Promise<Report> {
    const handle = await this.start('reprotectDatabase', { fullBackup: false, ...input });
    const view = await this.shandi.eventually(
      'the reprotection ends or asks',
      async () => {
        const seen = await handle.query<RunView>(runQuery).catch(() => undefined);
        return seen && (seen.state === 'waiting-approval' || endStates.has(seen.state)) ? seen : undefined;
      },
      120_000,
    );
    if (view.state === 'waiting-approval') await approve(handle);
    return resultOf(handle);
  }

  /** Something a test changed, put back when it is over, newest first, however it ended. */
  afterwards(undo: () => Promise<unknown>): void {
    this.planted.unshift(undo);
  }

  async undoPlanted(): Promise<void> {
    for (const undo of this.planted.splice(0)) await undo().catch(() => undefined);
  }

  // ---- what says how it went ------------------------------------------------------------------------------------------

  /**
   * Tries for some time to write to a server past the pooler, in as many connections as it takes.
   * @returns rows it acknowledged on the given timeline or an older one
   */
  async writesTaken(server: Server, timeline: number, forMs = 1_500): Promise<number> {
    const config = { ...connection(await readEnv(project), 'POSTGRES_PORT'), port: server.port };
    let taken = 0;
    for (const end = Date.now() + forMs; Date.now() < end; await sleep(10)) {
      const client = new Postgres({ ...config, connectionTimeoutMillis: 500, query_timeout: 500 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        while (Date.now() < end) {
          const { rows } = await client.query<{ timeline: number }>(writeSql);
          if (rows[0] && rows[0].timeline <= timeline) taken += 1;
          await sleep(5);
        }
      } catch {
        // Refused, read-only, or gone: what a fence is for.
      } finally {
        void client.end().catch(() => undefined);
      }
    }
    return taken;
  }

  async startLedger(): Promise<Ledger> {
    this.ledger = await this.shandi.startLedger();
    // Something has to be acknowledged before it can be lost.
    await this.shandi.eventually('the ledger places orders', async () =>
      (this.ledger?.progress.acknowledged ?? 0) > 20 ? true : undefined,
    );
    return this.ledger;
  }

  /** What became of every row that was acknowledged, by the database as clients see it now; ends the ledger. */
  async verdict(): Promise<Verdict> {
    if (!this.ledger) throw new Error('no ledger was started');
    const before = this.ledger.progress.acknowledged;
    await this.shandi.eventually('orders are placed again', async () =>
      (this.ledger?.progress.acknowledged ?? 0) > before + 5 ? true : undefined,
    );
    // Stopped first: what is on its way would look like something that was never answered.
    const { ledger } = this;
    this.ledger = undefined;
    await this.shandi.stopLedger();
    return ledger.verdict({ query: asClient });
  }

  /** Waits until nothing works on the database, the standby follows, clients are served, and the guard is at peace. */
  async quiet(timeoutMs = 120_000): Promise<void> {
    let last = '';
    await this.shandi
      .eventually(
        'the database is protected again',
        async () => {
          last = (await this.unrest().catch((error: Error) => error.message)) ?? '';
          return last === '' ? true : undefined;
        },
        timeoutMs,
      )
      .catch(async (error: Error) => {
        throw new Error(`${error.message}: ${last}\n${await this.stories()}`);
      });
  }

  /** What is not as it should be in peace; undefined when all is. */
  private async unrest(): Promise<string | undefined> {
    const latest = await this.latest();
    if (latest?.running) return `${latest.type} is under way`;
    const { primary, standby } = await this.roles();
    const streams = await this.sql(
      primary,
      `SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name = '${standby.service}'
         AND pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) < 1048576`,
    );
    if (streams !== '1') return `${standby.service} does not stream from ${primary.service}`;
    await this.shandi.clientWrites();
    const guard = this.shandi.client.workflow.getHandle(guardId);
    const status = await guard.describe().catch(() => undefined);
    if (status?.status.name !== 'RUNNING') return undefined;
    const view = await guard.query<RunView>(runQuery);
    return view.state === 'watching' ? undefined : `the guard is ${view.state}: ${view.waitingFor ?? ''}`;
  }

  /** Timelines of the guard and of whoever has the lock. */
  async stories(): Promise<string> {
    const told = await Promise.all(
      [guardId, lockId].map(async (id) => {
        const handle = this.shandi.client.workflow.getHandle(id);
        const view = await handle.query<RunView>(runQuery).catch(() => undefined);
        return `${id} (${view?.procedure ?? 'none'}, ${view?.state ?? 'no view'})\n${story(view)}`;
      }),
    );
    return told.join('\n');
  }

  /** Ends whatever has the lock. */
  async endRuns(): Promise<void> {
    const latest = await this.latest();
    if (!latest?.running) return;
    const handle = this.shandi.client.workflow.getHandle(lockId, latest.runId);
    const view = await handle.query<RunView>(runQuery).catch(() => undefined);
    if (view && !endStates.has(view.state))
      await handle
        .executeUpdate('abort', { args: [{ by: 'tester', reason: 'the test is over' }], updateId: randomUUID() })
        .catch(() => handle.terminate('the test is over'));
    await Promise.race([handle.result().catch(() => undefined), sleep(60_000, undefined, { ref: false })]);
  }
}

const writeSql = `INSERT INTO dr_heartbeat (node) VALUES ('past-the-pooler')
  RETURNING ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int AS timeline`;

/** The plan with other rules for the failover of its database. */
export const withFailover = (plan: Plan, change: Partial<Plan['databases'][number]['failover']>): Plan => ({
  ...plan,
  databases: plan.databases.map((one) => ({ ...one, failover: { ...one.failover, ...change } })),
});

/** The plan with other objectives of a tier, milliseconds. */
export const withTier = (plan: Plan, name: string, change: { rto?: number; rpo?: number }): Plan => ({
  ...plan,
  tiers: plan.tiers.map((tier) => (tier.name === name ? { ...tier, ...change } : tier)),
});

/** The plan with something else about its database. */
export const withDatabase = (plan: Plan, change: Partial<Plan['databases'][number]>): Plan => ({
  ...plan,
  databases: plan.databases.map((one) => ({ ...one, ...change })),
});

// -1: every process of the container's own PID namespace except its process 1 and the caller (kill(2)).
async function signalAll({ container }: Server, signal: string): Promise<void> {
  await run('docker', ['exec', '--user', '0', container, 'bash', '-c', `kill -${signal} -1`]);
}

/** The postmaster is the only child of the container's process 1. */
export async function signalPostmaster({ container }: Server, signal: string): Promise<void> {
  const script = `kill -${signal} "$(head -1 /var/lib/postgresql/data/postmaster.pid)"`;
  await run('docker', ['exec', '--user', '0', container, 'bash', '-c', script]);
}

/** What a failover reports. */
export interface FailoverResult {
  from: string;
  to: string;
  promoted: { timeline: number; formerTimeline: number; wroteAt: string };
  estimate: { ms: number | null };
  loss: { ms: number | null; basis: string };
  salvage: { complete: boolean };
  fence: { running: boolean; restartPolicy: string } | null;
}
export const failoverResult = (report: Report): FailoverResult => report.result as unknown as FailoverResult;
