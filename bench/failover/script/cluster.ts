import { join } from 'node:path';
import { run } from '../../../platform/run';
import { clientOf, type Cluster, type Server } from '../cluster';
import { Pair, postgresImage, type Node, type Ports } from '../pair';

/** The platform's own servers with nothing that watches them: a script is told of the death at once. */
export class ScriptCluster implements Cluster {
  readonly title = 'script, told at once';
  private readonly pair: Pair;

  constructor(name: string, ports: Ports) {
    this.pair = new Pair(name, ports);
  }

  get clients(): Cluster['clients'] {
    return clientOf(this.pair.ports.pooler, this.pair.secrets.PG_PASSWORD);
  }

  async setUp(): Promise<this> {
    const { pair } = this;
    await pair.prepare();
    await pair.volume(`${pair.name}-archive`);
    const [first, second] = pair.nodes;
    await pair.empty(first);
    await this.startServer(first, 'primary');
    await pair.clientWrites();
    await pair.empty(second);
    await this.startServer(second, 'standby');
    await pair.follows(first, 120_000);
    return this;
  }

  async primary(): Promise<Server> {
    return this.pair.server(await this.pair.writable());
  }

  async told(lost: Server): Promise<void> {
    const { pair } = this;
    const gone = pair.nodes.find((node) => node.name === lost.container);
    if (!gone) throw new Error(`${lost.container} is no server of ${pair.name}`);
    const env = { ...process.env, OLD: gone.name, NEW: pair.other(gone).name };
    await run('bash', [join(__dirname, 'promote.sh')], { env });
  }

  async restore(): Promise<void> {
    const { pair } = this;
    const primary = await pair.writable();
    const other = pair.other(primary);
    await pair.empty(other);
    await this.startServer(other, 'standby');
    await pair.follows(primary, 120_000);
    await pair.clientWrites();
  }

  private startServer(node: Node, role: 'primary' | 'standby'): Promise<void> {
    const { pair } = this;
    return pair.start(node.name, postgresImage, {
      options: [...pair.serverOptions(node), '-v', `${pair.name}-archive:/var/lib/pgbackrest`],
      env: {
        POSTGRES_ROLE: role,
        PRIMARY_HOST: pair.other(node).name,
        STANDBY_NAME: node.name,
        REPLICATION_SLOT: node.name.replace(/[^a-z0-9]/g, '_'),
      },
    });
  }
}
