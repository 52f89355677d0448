/** Uses something up, honestly: memory of a container, a disk of its own, connections of the database. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { connection, readEnv } from '../../platform/lifecycle';
import { containerOf, docker, inContainer } from './docker';
import { project } from './names';

const run = promisify(execFile);

/** Takes memory in steps until the container uses `share` of its limit, and keeps it: a leak that has gone on for days. */
export async function eatMemory(service: string, share: number): Promise<void> {
  const script = `const fs = require('fs'); const base = '/sys/fs/cgroup/';
    const read = (...names) => { for (const one of names) try { return fs.readFileSync(base + one, 'utf8'); } catch {} return ''; };
    const used = () => {
      const stat = Object.fromEntries(read('memory/memory.stat', 'memory.stat').split('\\n').map((line) => line.split(' ')));
      const all = Number(read('memory/memory.usage_in_bytes', 'memory.current'));
      return all - Number(stat.total_inactive_file ?? stat.inactive_file ?? 0);
    };
    const kept = []; const limit = Number(process.argv[1]);
    while (used() < limit) kept.push(Buffer.alloc(1 << 20, 1));
    console.log('taken'); setInterval(() => kept.length, 1000);`;
  const container = docker.getContainer(containerOf(service));
  const { HostConfig } = await container.inspect();
  const exec = await container.exec({
    Cmd: ['node', '-e', script, String(Math.floor((HostConfig.Memory ?? 0) * share))],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true });
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) =>
      chunk.toString().includes('taken') ? resolve() : reject(new Error(chunk.toString())),
    );
    stream.on('end', () => reject(new Error('the hog has ended')));
  });
}

/** Gives a directory of a running container a file system of its own that is small. Gone with the container's next start. */
export async function smallDiskIn(service: string, path: string, megabytes: number): Promise<void> {
  const { State } = await docker.getContainer(containerOf(service)).inspect();
  const command = [
    'nsenter',
    '-t',
    String(State.Pid),
    '-m',
    'mount',
    '-t',
    'tmpfs',
    '-o',
    `size=${megabytes}m`,
    'tmpfs',
    path,
  ];
  const [program = '', ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  await run(program, args);
}

/** Writes a file as the service itself does, last changed so many hours ago. */
export const writeOld = (service: string, path: string, megabytes: number, hoursAgo: number): Promise<string> =>
  inContainer(
    containerOf(service),
    [
      'sh',
      '-c',
      'dd if=/dev/zero of="$1" bs=1M count="$2" 2>/dev/null; touch -d "$3 hours ago" "$1"',
      'sh',
      path,
      String(megabytes),
      String(hoursAgo),
    ],
    'service',
  );

/** Names of the files in a directory of a container. */
export const filesIn = async (service: string, path: string): Promise<string[]> =>
  (await inContainer(containerOf(service), ['ls', '-1', path], 'root')).split('\n').filter(Boolean).sort();

/** Opens sessions that begin a transaction and go away for coffee. @returns them; ended ones have an `error` that nobody hears */
export async function idleSessions(count: number): Promise<Client[]> {
  const config = connection(await readEnv(project), 'POSTGRES_PORT');
  return Promise.all(
    Array.from({ length: count }, async () => {
      const client = new Client({ ...config, application_name: 'forgotten-report' });
      client.on('error', () => undefined);
      await client.connect();
      await client.query('BEGIN');
      await client.query('SELECT 1');
      return client;
    }),
  );
}
