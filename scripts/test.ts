/**
 * `npm test`: the fast layer, then the procedures on real servers: Docker, PostgreSQL, Temporal. Give words to run only the
 * real tests whose title holds them: `npm test -- "table dropped"`.
 */
import { fastChecks } from './checks/fast';
import { bin, conclude, runCheck } from './checks/run';

interface Layer {
  name: string;
  files: string;
  /** Files at once, each with a Temporal server of its own. Default 1: what is shared is one thing. */
  jobs?: number;
  /** Loaded first: it brings up what the tests share, and removes it. Default: nothing is shared. */
  support?: string;
  /**
   * A platform of its own, where the others would find another than they left: its Compose project, and what is added to
   * every port. All ports stay below 32768, where Linux begins to take ports for outgoing connections.
   */
  platform?: { project: string; ports: number };
}

const platform = 'test/support/platform.ts';

const layers: Layer[] = [
  { name: 'kernel on a real Temporal', files: 'test/workflows/**/*.test.ts', jobs: 2 },
  { name: 'procedures on real servers', files: 'test/procedures/**/*.test.ts', support: platform },
  {
    // The primary moves from test to test.
    name: 'loss of the primary on real servers',
    files: 'test/failover/**/*.test.ts',
    support: platform,
    platform: { project: 'shandi-failover', ports: 18_000 },
  },
  {
    // Everything is killed, removed and restored again and again.
    name: 'loss of everything on real servers',
    files: 'test/system/**/*.test.ts',
    support: platform,
    platform: { project: 'shandi-system', ports: 15_000 },
  },
  {
    // Two sites, each with a stack of its own.
    name: 'loss of a site on real servers',
    files: 'test/site/**/*.test.ts',
    support: platform,
    platform: { project: 'shandi-site', ports: 20_000 },
  },
  {
    name: 'production control plane on real servers',
    files: 'test/control-plane/**/*.test.ts',
    support: 'test/support/production.ts',
    platform: { project: 'shandi-cp', ports: 16_000 },
  },
];

async function main(): Promise<void> {
  const grep = process.argv.slice(2).join(' ');
  const only = grep ? ['--grep', grep] : [];
  const ended = grep ? [] : await fastChecks();
  // One after the other: each has the machine to itself.
  for (const { name, files, jobs, support, platform: own } of layers) {
    const beside = jobs ? ['--parallel', '--jobs', String(jobs)] : [];
    const args = [...(support ? ['--require', support] : []), ...beside, files, ...only];
    const env = own ? { DR_TEST_PROJECT: own.project, DR_TEST_PORTS: String(own.ports) } : {};
    ended.push(await runCheck(name, bin('mocha'), args, { live: true, env }));
  }
  process.exitCode = conclude(ended);
}

void main();
