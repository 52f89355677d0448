import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../activities/shared/paths';
import { temporalPort } from './names';
import { withFailover, type Pair } from './pair';

const run = promisify(execFile);
const site = 'office';
const [here, there] = ['10.213.77.1', '10.213.77.2'];
const port = 17_233;

export interface Observer {
  /** A worker of the site that reaches everything. */
  connect(): Promise<void>;
  /** A worker that reaches Temporal and nothing else: no route, no engine. */
  cutOff(): Promise<void>;
}

/**
 * A third site with a worker of its own, in a network namespace of its own when it is cut off: only Temporal is let through.
 * The plan names the site from now on.
 */
export async function cutOffObserver(pair: Pair): Promise<Observer> {
  await pair.plan((plan) => {
    const [first] = plan.sites;
    if (!first) throw new Error('the plan has no site');
    const office = { ...first, name: site, role: 'backup' as const, standIns: [] };
    const compose = { ...office.compose, project: `${office.compose.project}-office` };
    return withFailover({ ...plan, sites: [...plan.sites, { ...office, compose }] }, { minimumInterval: 0 });
  });
  let worker: ChildProcess | undefined;
  const end = async (): Promise<void> => {
    const ending = worker;
    worker = undefined;
    if (!ending || ending.exitCode !== null) return;
    const closed = new Promise((resolve) => ending.once('close', resolve));
    ending.kill('SIGKILL');
    await closed;
  };
  const start = async (command: string[], address: string): Promise<void> => {
    await end();
    const [program = '', ...args] = [
      ...command,
      ...[process.execPath, '--import', require.resolve('tsx'), join(root(), 'workers', 'site.ts'), site],
    ];
    const started = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TEMPORAL_ADDRESS: address, DR_LOG_LEVEL: 'error' },
    });
    worker = started;
    await new Promise<void>((resolve, reject) => {
      started.stdout.on('data', (chunk: Buffer) => chunk.toString('utf8').includes('ready') && resolve());
      started.once('close', (code) => reject(new Error(`the worker of site ${site} ended with ${code}`)));
    });
  };
  pair.afterwards(end);
  const gate = await letThrough();
  pair.afterwards(gate.close);
  return {
    connect: () => start([], `127.0.0.1:${temporalPort}`),
    // The engine's socket is a file, and no namespace of networks hides that.
    cutOff: () =>
      start(
        [
          'ip',
          'netns',
          'exec',
          site,
          'unshare',
          '-m',
          'sh',
          '-c',
          'mount --bind /dev/null /run/docker.sock && exec "$@"',
          'sh',
        ],
        `${here}:${port}`,
      ),
  };
}

/** The namespace, a wire into it, and what listens at our end of the wire. */
async function letThrough(): Promise<{ close: () => Promise<void> }> {
  const ip = (...args: string[]): Promise<unknown> => run('ip', args);
  const sweep = (): Promise<unknown> => ip('netns', 'del', site).catch(() => undefined);
  await sweep();
  await ip('netns', 'add', site);
  await ip('link', 'add', 'dr-office', 'type', 'veth', 'peer', 'name', 'dr-office-in', 'netns', site);
  await ip('addr', 'add', `${here}/30`, 'dev', 'dr-office');
  await ip('link', 'set', 'dr-office', 'up');
  await ip('-n', site, 'addr', 'add', `${there}/30`, 'dev', 'dr-office-in');
  await ip('-n', site, 'link', 'set', 'dr-office-in', 'up');
  const open = new Set<Socket>();
  const server: Server = createServer((incoming) => {
    open.add(incoming);
    incoming.once('close', () => open.delete(incoming));
    const outgoing = connect({ host: '127.0.0.1', port: temporalPort });
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on('error', () => outgoing.destroy());
    outgoing.on('error', () => incoming.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, here, resolve));
  return {
    close: async () => {
      server.close();
      // Behind a wire that is gone nobody takes the goodbye, and the process would wait for it for a quarter of an hour.
      for (const socket of open) socket.destroy();
      await sweep();
      await ip('link', 'del', 'dr-office').catch(() => undefined);
    },
  };
}
