/** What the script and Patroni stand on: a network, a pooler whose file of databases lies in a volume, two servers. */
import { randomBytes } from 'node:crypto';
import { run } from '../../platform/run';
import { until } from '../../platform/lifecycle/probe';
import { once } from './client';
import { clientOf, type Server } from './cluster';
import { docker, inside, LABEL } from './containers';
import { patroniImage } from './patroni/image';

export const postgresImage = 'shandi/postgres:15';

export interface Ports {
  servers: [number, number];
  pooler: number;
}

/** One server of a pair: container, hostname and volume have the same name. */
export interface Node {
  name: string;
  port: number;
}

/** A pair of servers behind a pooler of their own. Everything is named after `name` and labelled. */
export class Pair {
  readonly nodes: [Node, Node];
  readonly pooler: string;
  readonly poolerFiles: string;
  readonly network: string;
  /** Drawn anew for every pair; they reach containers by the environment, never by an argument. */
  readonly secrets: Record<
    'PG_PASSWORD' | 'REPLICATION_PASSWORD' | 'PGBOUNCER_ADMIN_PASSWORD' | 'PGBACKREST_REPO1_CIPHER_PASS',
    string
  >;

  constructor(
    readonly name: string,
    readonly ports: Ports,
  ) {
    this.nodes = [
      { name: `${name}-a`, port: ports.servers[0] },
      { name: `${name}-b`, port: ports.servers[1] },
    ];
    this.pooler = `${name}-pooler`;
    this.poolerFiles = `${name}-pooler-files`;
    this.network = name;
    const secret = (): string => randomBytes(24).toString('hex');
    this.secrets = {
      PG_PASSWORD: secret(),
      REPLICATION_PASSWORD: secret(),
      PGBOUNCER_ADMIN_PASSWORD: secret(),
      PGBACKREST_REPO1_CIPHER_PASS: secret(),
    };
  }

  /** Network, and the pooler pointed at the first server. */
  async prepare(): Promise<void> {
    await docker('network', 'create', '--label', LABEL, this.network);
    await this.volume(this.poolerFiles);
    const first = `[databases]\ntheshandi_db = host=${this.nodes[0].name} port=5432 dbname=theshandi_db\n`;
    // The image's directory belongs to its user, and an empty volume takes that over: the servers write this file.
    const mount = ['-v', `${this.poolerFiles}:/srv/pgbouncer`, '-i', '--network', 'none', '--entrypoint', 'tee'];
    await run('docker', ['run', '--rm', '--label', LABEL, ...mount, patroniImage, '/srv/pgbouncer/databases.ini'], {
      input: first,
    });
    await this.start(this.pooler, 'shandi/pgbouncer:1', {
      options: [
        ...['-p', `127.0.0.1:${this.ports.pooler}:6432`],
        ...['-v', `${this.poolerFiles}:/etc/pgbouncer/state:ro`],
        ...['-e', 'PG_PASSWORD', '-e', 'PGBOUNCER_ADMIN_PASSWORD'],
      ],
    });
  }

  /** Starts a container of the pair, with the restart policy that servers have in production. */
  async start(
    name: string,
    image: string,
    { options = [], command = [], env = {} }: { options?: string[]; command?: string[]; env?: Record<string, string> },
  ): Promise<void> {
    const named = ['--name', name, '--hostname', name, '--network', this.network, '--label', LABEL];
    const plain = Object.keys(env).flatMap((key) => ['-e', key]);
    await run(
      'docker',
      ['run', '-d', '--restart', 'unless-stopped', ...named, ...plain, ...options, image, ...command],
      {
        env: { ...process.env, ...this.secrets, ...env },
      },
    );
  }

  /** Options every server is run with. */
  serverOptions(node: Node): string[] {
    return [
      ...['-p', `127.0.0.1:${node.port}:5432`, '--shm-size', '256m', '--stop-signal', 'SIGINT'],
      ...['-v', `${node.name}:/var/lib/postgresql/data`, '-v', `${this.poolerFiles}:/srv/pgbouncer`],
      ...Object.keys(this.secrets).flatMap((key) => ['-e', key]),
      ...['-e', `POOLER=${this.pooler}`],
    ];
  }

  /** A volume; one that is there is left as it is. */
  async volume(name: string): Promise<void> {
    await docker('volume', 'create', '--label', LABEL, name);
  }

  /** Removes a server with its data, and makes it an empty volume. */
  async empty(node: Node): Promise<void> {
    await run('docker', ['rm', '-f', '-v', node.name], { tolerate: true });
    await run('docker', ['volume', 'rm', '-f', node.name], { tolerate: true });
    await this.volume(node.name);
  }

  other(node: Node): Node {
    return this.nodes[0] === node ? this.nodes[1] : this.nodes[0];
  }

  server(node: Node): Server {
    return { container: node.name, address: clientOf(node.port, this.secrets.PG_PASSWORD) };
  }

  /** The one that takes writes. @throws Error when there is none, or more than one */
  async writable(): Promise<Node> {
    const found = await Promise.all(
      this.nodes.map(async (node) => {
        const address = this.server(node).address;
        const rows = await once<{ free: boolean }>(address, 2000, 'SELECT NOT pg_is_in_recovery() AS free').catch(
          () => [],
        );
        return rows[0]?.free ? node : undefined;
      }),
    );
    const [first, second] = found.filter((node) => node !== undefined);
    if (!first || second) throw new Error(`${this.name} has ${second ? 'two servers' : 'no server'} that take writes`);
    return first;
  }

  /** Waits until the other server follows this one: asked of the primary itself, which is the one to know. */
  async follows(primary: Node, timeoutMs: number): Promise<void> {
    const sql = `SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= pg_current_wal_lsn()`;
    await until(
      `${this.other(primary).name} follows ${primary.name}`,
      async () => {
        const { stdout } = await inside(primary.name, ['psql', '-XqtA', '-U', 'postgres', '-d', 'postgres', '-c', sql]);
        return stdout.trim() === '1' ? true : undefined;
      },
      { timeoutMs },
    );
  }

  /** Waits until a client can write through the pooler. */
  async clientWrites(): Promise<void> {
    const address = clientOf(this.ports.pooler, this.secrets.PG_PASSWORD);
    await until(`a client of ${this.name} can write`, () =>
      once(address, 2000, 'CREATE TABLE IF NOT EXISTS bench_ready (); DROP TABLE bench_ready').then(() => true),
    );
  }
}
