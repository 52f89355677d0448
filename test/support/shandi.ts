/** The Shandi under test: its client of Temporal, its database, its ledger, its containers. Real, all of it. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { Ledger } from '../../platform/ledger';
import { serveWitness } from '../../platform/ledger/witness';
import { connection, queryOnce, readEnv, readRoles } from '../../platform/lifecycle';
import { readState, type ControlPlaneState } from '../../scripts/control-plane/state';
import { controlQueue } from '../../workflows/contracts/names';
import { containerOf, docker, inContainer } from './docker';
import { project, temporalPort, testHome, witnessPort } from './names';
import type { PitrInput } from '../../workflows/contracts/pitr';

export { docker } from './docker';

/** Names of what a run makes on the engine. */
export function madeBy(handle: WorkflowHandleWithFirstExecutionRunId): Record<'copy' | 'restore' | 'volume', string> {
  const key = handle.firstExecutionRunId.replaceAll('-', '').slice(-8);
  return {
    copy: `${project}-pitr-${key}`,
    restore: `${project}-pitr-restore-${key}`,
    volume: `${project}_pgdata_pitr_${key}`,
  };
}

/** A question as clients ask it, through the pooler; for the ledger's verdict. */
export const asClient = async (sql: string, values: unknown[]): Promise<Record<string, unknown>[]> =>
  queryOnce(connection(await readEnv(project), 'PGBOUNCER_PORT'), sql, values);

/** A row that was written, and where. */
export interface Mark {
  name: string;
  xid: string;
  /** Behind its commit. */
  lsn: string;
  /** After its commit, by the clock of the primary. */
  at: string;
}

export class Shandi {
  private witness: Server | undefined;
  private placing: Ledger | undefined;

  private constructor(
    readonly client: Client,
    private readonly wire: Connection,
  ) {}

  static async open(): Promise<Shandi> {
    const wire = await Connection.connect({ address: `127.0.0.1:${temporalPort}` });
    return new Shandi(new Client({ connection: wire }), wire);
  }

  async close(): Promise<void> {
    await this.stopLedger();
    await this.wire.close();
  }

  /** Starts a run with what a test does not care about filled in: no full backup, no standby, unless asked. */
  recover(input: Partial<PitrInput> & Pick<PitrInput, 'target'>): Promise<WorkflowHandleWithFirstExecutionRunId> {
    const workflowId =
      input.mode && input.mode !== 'recover' ? `${input.mode}.database.shandi` : 'recover.database.shandi';
    return this.client.workflow.start('pointInTimeRecovery', {
      taskQueue: controlQueue,
      workflowId,
      args: [{ database: 'shandi', reason: 'test', by: 'tester', fullBackup: false, rebuildStandbys: false, ...input }],
    });
  }

  /** One statement straight on the primary, as the application's owner; the first row. */
  async sql<T extends Record<string, unknown>>(statement: string): Promise<T> {
    const { primary } = await readRoles(project);
    const [row] = await queryOnce<T>(connection(await readEnv(project), primary.port), statement);
    return row as T;
  }

  /** One statement as the server's administrator; what psql printed. */
  sqlAsAdmin(statement: string): Promise<string> {
    return inContainer(containerOf('postgres'), ['psql', '-XAtq', '-c', statement, 'theshandi_db']);
  }

  /** The clock of the primary, whichever server that is. */
  async now(): Promise<string> {
    const { at } = await this.sql<{ at: string }>(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at`,
    );
    return at;
  }

  /** Writes a row that says how far recovery came; where it lies in the WAL. Makes the table when there is none. */
  async mark(): Promise<Mark> {
    const name = randomUUID();
    await this.sql(`CREATE TABLE IF NOT EXISTS marks (name text)`);
    const { xid } = await this.sql<{ xid: string }>(
      `INSERT INTO marks VALUES ('${name}') RETURNING pg_current_xact_id()::xid::text AS xid`,
    );
    const { lsn } = await this.sql<{ lsn: string }>(`SELECT pg_current_wal_insert_lsn()::text AS lsn`);
    return { name, xid, lsn, at: await this.now() };
  }

  /** Marks that a server holds: the primary, or a copy by the name of its container. */
  async marks(container = containerOf('postgres')): Promise<string[]> {
    const sql = `SELECT coalesce(json_agg(name ORDER BY name), '[]') FROM marks`;
    return JSON.parse(await inContainer(container, ['psql', '-XAtq', '-c', sql, 'theshandi_db'])) as string[];
  }

  /** One write through the pooler, as clients go, read back; fails when clients are not served. */
  async clientWrites(): Promise<void> {
    const config = connection(await readEnv(project), 'PGBOUNCER_PORT');
    const [row] = await queryOnce<{ id: string }>(
      config,
      `INSERT INTO dr_heartbeat (node) VALUES ('test') RETURNING id::text AS id`,
    );
    const back = await queryOnce(config, `SELECT 1 FROM dr_heartbeat WHERE id = ${row?.id ?? 'NULL'}`);
    if (back.length !== 1) throw new Error('a row that a client committed cannot be read back');
  }

  /** Ends the WAL segment and waits until it is in the archive; its name. */
  async archiveNow(): Promise<string> {
    const asked = await this.sqlAsAdmin('SELECT pg_walfile_name(pg_switch_wal())');
    await this.eventually(`segment ${asked} is archived`, async () => {
      const last = await this.sqlAsAdmin('SELECT left(last_archived_wal, 24) FROM pg_stat_archiver');
      return last >= asked ? true : undefined;
    });
    return asked;
  }

  /** Label of the backup that a recovery to the last commit would begin from. */
  async chosenBackup(): Promise<string> {
    const handle = await this.recover({ mode: 'check', target: { kind: 'latest' } });
    const { result } = (await handle.result()) as { result: { coverage: { backup: { label: string } } } };
    return result.coverage.backup.label;
  }

  /** Everything a run that was undone must leave as it found it. */
  async footprint(): Promise<Record<string, unknown>> {
    const primary = await docker.getContainer(containerOf('postgres')).inspect();
    const env = await readEnv(project);
    return {
      containers: await this.state(),
      leftovers: await this.leftovers(),
      restartPolicy: primary.HostConfig.RestartPolicy?.Name,
      volume: env['PGDATA_VOLUME'],
      ...(await this.sql<{ timeline: number }>(`SELECT timeline_id AS timeline FROM pg_control_checkpoint()`)),
    };
  }

  /** Starts the ledger, and answers for it as the witness of the plan. */
  async startLedger(): Promise<Ledger> {
    const port = (await readEnv(project))['NGINX_PORT'] ?? '';
    this.placing = Ledger.start({
      gatewayUrl: `http://127.0.0.1:${port}`,
      ratePerSecond: 10,
      file: join(testHome, `ledger-${randomUUID()}.jsonl`),
    });
    this.witness = await serveWitness(this.placing, project, witnessPort);
    return this.placing;
  }

  async stopLedger(): Promise<void> {
    this.witness?.closeAllConnections();
    this.witness?.close();
    await this.placing?.stop();
    this.witness = this.placing = undefined;
  }

  /** Ids of the platform's containers, by service: what "the platform is as it was" is judged by. */
  async state(): Promise<Record<string, string>> {
    const found = await docker.listContainers({
      all: true,
      filters: { label: [`com.docker.compose.project=${project}`] },
    });
    return Object.fromEntries(
      found.map((one) => [one.Labels['com.docker.compose.service'], `${one.Id.slice(0, 12)} ${one.State}`]).sort(),
    );
  }

  /** Containers and volumes a recovery made, which an undone run must not leave behind. */
  async leftovers(): Promise<string[]> {
    const containers = await docker.listContainers({
      all: true,
      filters: { label: [`dr.platform=${project}`, 'dr.role'] },
    });
    const { Volumes } = await docker.listVolumes({
      filters: { label: [`dr.platform=${project}`, 'dr.role'] } as unknown as string,
    });
    const inUse = new Set(
      (await docker.listContainers({ all: true })).flatMap((one) => one.Mounts.map((mount) => mount.Name)),
    );
    return [
      ...containers.map((one) => one.Names[0] ?? one.Id),
      ...(Volumes ?? []).map((one) => one.Name).filter((name) => !inUse.has(name) && !/_standby/.test(name)),
    ].sort();
  }

  /** Process ids of the control plane as they are now. */
  processes(): ControlPlaneState {
    const state = readState();
    if (!state) throw new Error('the control plane does not run');
    return state;
  }

  /** Waits until something holds; fails with the words. */
  async eventually<T>(what: string, look: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
    const end = Date.now() + timeoutMs;
    while (Date.now() < end) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(30);
    }
    throw new Error(`did not happen within ${timeoutMs} ms: ${what}`);
  }
}
