/** Two sites on one machine: the engine of the primary one is reached through a socket that can be lost, and its clients come through a front door. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { root } from '../../activities/shared/paths';
import { derivePlan, loadPlan, writePlan } from '../../plan';
import { Ledger, pgQuery, type Verdict } from '../../platform/ledger';
import { readJournal } from '../../platform/ledger/journal';
import { serveWitness } from '../../platform/ledger/witness';
import { backupProject, backupSiteUp, connection, platformDown, platformUp, readEnv } from '../../platform/lifecycle';
import { compose } from '../../platform/lifecycle/compose';
import { docker } from './docker';
import { portOffset, project, testHome, witnessPort } from './names';

export const away = backupProject(project);
/** Network in which the primary site's servers are, and the database of the other one follows. */
export const between = `${project}_default`;
/** Where clients come in. */
export const doorPort = 8099 + portOffset;

const directory = join(testHome, 'front-door');

export class TwoSites {
  private readonly open = new Set<Socket>();
  private readonly servers: Server[] = [];
  private ledger: Ledger | undefined;
  private witness: { closeAllConnections(): void; close(): void } | undefined;

  /** Both sites as they stand in peace, and the plan that names them. */
  static async peace(): Promise<TwoSites> {
    const sites = new TwoSites();
    // What a test that failed has cut.
    await sites.mendBetween().catch(() => undefined);
    await backupSiteUp({ project });
    await sites.openDoor();
    await sites.engineThroughProxy();
    await sites.plan();
    return sites;
  }

  /** Everything made anew: after a failover the primary site is stopped for good. */
  static async anew(): Promise<TwoSites> {
    await platformDown({ project, anyCheckout: true });
    await platformUp({ project, portOffset });
    return TwoSites.peace();
  }

  async close(): Promise<void> {
    await this.stopLedger();
    for (const socket of this.open) socket.destroy();
    for (const server of this.servers) server.close();
    rmSync(this.socketPath, { force: true });
  }

  private readonly socketPath = join(testHome, 'primary-engine.sock');

  private async plan(): Promise<void> {
    const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
    const derived = derivePlan(plan, { project, portOffset });
    const page = { host: '127.0.0.1', port: doorPort, path: '/api/orders?limit=1', tls: false };
    const there = {
      ...derived,
      sites: derived.sites.map((one) =>
        one.role === 'primary' ? { ...one, engine: { socketPath: this.socketPath } } : one,
      ),
      traffic: {
        driver: 'command' as const,
        record: 'api.theshandi.com',
        ttl: 1_000,
        command: ['cp', join(directory, '{site}'), join(directory, 'now')],
        timeout: 10_000,
        page,
      },
    };
    await writePlan(there, process.env['DR_PLAN'] ?? '', root());
  }

  /** Sends whoever comes to the site that a file names, as a DNS record does. */
  private async openDoor(): Promise<void> {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'primary'), (await readEnv(project))['NGINX_PORT'] ?? '');
    writeFileSync(join(directory, 'backup'), (await readEnv(away))['NGINX_PORT'] ?? '');
    writeFileSync(join(directory, 'now'), readFileSync(join(directory, 'primary')));
    await this.forward({ port: doorPort, host: '127.0.0.1' }, () => ({
      host: '127.0.0.1',
      port: Number(readFileSync(join(directory, 'now'), 'utf8')),
    }));
  }

  private async engineThroughProxy(): Promise<void> {
    rmSync(this.socketPath, { force: true });
    await this.forward({ path: this.socketPath }, () => ({ path: '/var/run/docker.sock' }));
  }

  private async forward(
    at: { path: string } | { host: string; port: number },
    to: () => { path: string } | { host: string; port: number },
  ): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (incoming) => {
      const outgoing = connect({ ...to(), allowHalfOpen: true });
      for (const [one, other] of [
        [incoming, outgoing],
        [outgoing, incoming],
      ] as const) {
        this.open.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.open.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, resolve));
    this.servers.push(server);
  }

  /** Containers, network and engine endpoint of the primary site, all at once. */
  async losePrimary(): Promise<void> {
    const [, engine] = this.servers;
    engine?.close();
    rmSync(this.socketPath, { force: true });
    const ours = await docker.listContainers({
      all: true,
      filters: { label: [`com.docker.compose.project=${project}`] },
    });
    await Promise.all(ours.map((one) => docker.getContainer(one.Id).remove({ force: true })));
    await this.cutBetween();
    await docker.getNetwork(between).remove();
  }

  /** Power is back at the primary site: what its engine was told to start runs, and its engine answers. */
  async primaryReturns(services: string[]): Promise<void> {
    await compose(project, 'prod', ['up', '-d', '--no-deps', ...services]);
    await this.engineThroughProxy();
  }

  /** The sites do not reach each other; each goes on as it is. */
  async cutBetween(): Promise<void> {
    await docker.getNetwork(between).disconnect({ Container: `${away}-backup-postgres-1`, Force: true });
  }

  async mendBetween(): Promise<void> {
    const EndpointConfig = { Aliases: ['backup-postgres'] };
    await docker.getNetwork(between).connect({ Container: `${away}-backup-postgres-1`, EndpointConfig });
  }

  /**
   * Clients that come through the front door; their witness asks the database of the site that is to take over.
   * @param witness false: nobody asks for them
   */
  async startLedger(witness = true): Promise<Ledger> {
    this.ledger = Ledger.start({
      gatewayUrl: `http://127.0.0.1:${doorPort}`,
      ratePerSecond: 10,
      timeoutMs: 2_000,
      file: join(testHome, `ledger-${randomUUID()}.jsonl`),
    });
    if (witness) this.witness = await serveWitness(this.ledger, away, witnessPort);
    return this.ledger;
  }

  async stopLedger(): Promise<void> {
    this.witness?.closeAllConnections();
    this.witness?.close();
    await this.ledger?.stop();
    this.witness = this.ledger = undefined;
  }

  /** What the ledger was promised against what the other site's database holds. */
  async verdict(ledger: Ledger, window: { doubtFrom?: string; resumedAt?: string } = {}): Promise<Verdict> {
    return ledger.verdict({ query: pgQuery(connection(await readEnv(away), 'PGBOUNCER_PORT')), ...window });
  }

  /** Rows that were acknowledged since a moment, milliseconds since 1970. */
  acknowledgedSince(ledger: Ledger, since: number): number {
    const { entries } = readJournal(ledger.file);
    return entries.filter(({ acknowledgedAt }) => acknowledgedAt && Date.parse(acknowledgedAt) > since).length;
  }
}
