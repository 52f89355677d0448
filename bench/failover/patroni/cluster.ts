import { until } from '../../../platform/lifecycle/probe';
import { clientOf, type Cluster, type Server } from '../cluster';
import { inside } from '../containers';
import { Pair, type Node, type Ports } from '../pair';
import { configuration, type Timing } from './configuration';
import { patroniImage } from './image';

/** Two nodes of Patroni with one etcd, and a callback that points the pooler at whoever became the primary. */
export class PatroniCluster implements Cluster {
  readonly title: string;
  private readonly pair: Pair;
  private readonly store: string;

  /** @param name of the cluster, and of its containers */
  constructor(
    private readonly name: string,
    private readonly timing: Timing,
    ports: Ports,
  ) {
    this.title = `Patroni, ttl ${timing.ttl}, loop ${timing.loop}`;
    this.pair = new Pair(name, ports);
    this.store = `${name}-etcd`;
  }

  get clients(): Cluster['clients'] {
    return clientOf(this.pair.ports.pooler, this.pair.secrets.PG_PASSWORD);
  }

  async setUp(): Promise<this> {
    const { pair } = this;
    await pair.prepare();
    await pair.start(this.store, patroniImage, {
      command: [
        'etcd',
        ...['--name', 'etcd', '--data-dir', '/var/lib/etcd/data', '--listen-client-urls', 'http://0.0.0.0:2379'],
        ...['--advertise-client-urls', `http://${this.store}:2379`],
      ],
    });
    const [first, second] = pair.nodes;
    await pair.empty(first);
    await this.startNode(first);
    await this.makeDatabase(first);
    await pair.empty(second);
    await this.startNode(second);
    await this.settled();
    return this;
  }

  async primary(): Promise<Server> {
    return this.pair.server(await this.pair.writable());
  }

  /** As an operator does it: by patronictl, at once. */
  async switchOver(): Promise<void> {
    const from = await this.pair.writable();
    // The configuration the node itself was started with; patronictl reads it from a file only.
    const script = 'printf %s "$PATRONI_CONFIGURATION" >/tmp/patroni.yml && exec patronictl -c /tmp/patroni.yml "$@"';
    const roles = ['--master', from.name, '--candidate', this.pair.other(from).name, '--force'];
    const result = await inside(from.name, ['bash', '-c', script, 'patronictl', 'switchover', this.name, ...roles]);
    if (result.code !== 0) throw new Error(`patronictl switchover: ${(result.stderr || result.stdout).trim()}`);
  }

  /** After a disaster the old node is made anew from the new primary; after a switchover Patroni has done it already. */
  async restore(): Promise<void> {
    const primary = await until(`${this.name} has one primary`, () => this.pair.writable(), { timeoutMs: 120_000 });
    const other = this.pair.other(primary);
    const well = await this.pair.follows(primary, 3000).then(
      () => true,
      () => false,
    );
    if (!well) {
      await this.pair.empty(other);
      await this.startNode(other);
    }
    // Between two runs the pooler is the bench's to point: a node that woke up late can leave it on the other one.
    await inside(primary.name, ['/usr/local/bin/on-role-change', 'on_role_change', 'primary', this.name]);
    await this.settled();
  }

  private startNode(node: Node): Promise<void> {
    return this.pair.start(node.name, patroniImage, {
      options: this.pair.serverOptions(node),
      env: { PATRONI_CONFIGURATION: configuration(this.name, node.name, this.store, this.timing, this.pair.secrets) },
    });
  }

  /** The clients' user and database, where the platform has them from its own image. */
  private async makeDatabase(node: Node): Promise<void> {
    const script = `psql -XqtA -v ON_ERROR_STOP=1 -d postgres <<'SQL'
SELECT 1 / (NOT pg_is_in_recovery())::int;
\\getenv password PG_PASSWORD
CREATE ROLE theshandi_user LOGIN PASSWORD :'password';
CREATE DATABASE theshandi_db OWNER theshandi_user;
SQL`;
    await until(
      `${node.name} leads`,
      async () => {
        const result = await inside(node.name, ['bash', '-c', script]);
        if (result.code !== 0) throw new Error(result.stderr.trim());
        return true;
      },
      { timeoutMs: 120_000, everyMs: 500 },
    );
  }

  /** One primary, a follower that streams, and clients that can write. */
  private async settled(): Promise<void> {
    await this.pair.follows(await this.pair.writable(), 120_000);
    await this.pair.clientWrites();
  }
}
