import { spawn } from 'node:child_process';
import { closeSync, openSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SetUpError } from './errors';
import { logFile, which } from './paths';
import { rootCommand, runAsRoot } from './privilege';
import { lastLines } from './run';

/** dockerd's own pid files, and the program whose pid they must hold. */
const pidFiles: [file: string, program: string][] = [
  ['/var/run/docker.pid', 'dockerd'],
  ['/var/run/docker/containerd/containerd.pid', 'containerd'],
];

let exited: { code: number | null } | undefined;
const log = (): string => logFile('dockerd');

/**
 * Whether a pid file is a leftover: it names a process that is gone, or that is another program by now. After a power cut the
 * number may well belong to someone else, and dockerd then refuses to start ("ensure docker is not running").
 * @param commandOf the name of the program that runs under a pid, or undefined where none does.
 */
export function isStale(content: string, program: string, commandOf: (pid: number) => string | undefined): boolean {
  const pid = Number(content.trim());
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  return commandOf(pid) !== program;
}

async function removeStalePidFiles(): Promise<void> {
  for (const [file, program] of pidFiles) {
    const content = await readFile(file, 'utf8').catch(() => undefined);
    if (content === undefined) continue;
    const pid = Number(content.trim());
    const command = await readFile(`/proc/${pid}/comm`, 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    );
    if (isStale(content, program, () => command)) await runAsRoot('start Docker Engine', ['rm', '-f', file]);
  }
}

/**
 * Starts dockerd by itself, for machines without systemd. It gets a session of its own, so that neither the end of the set-up nor
 * a Ctrl-C in its terminal stops it; its output goes to the cache's log directory.
 */
export async function startDockerd(): Promise<void> {
  const dockerd = which('dockerd');
  if (!dockerd) throw new SetUpError('There is no `dockerd` on this machine.', 'Install Docker Engine by hand.');
  await removeStalePidFiles();
  const [program, ...args] = await rootCommand('start Docker Engine', [dockerd]);
  mkdirSync(dirname(log()), { recursive: true });
  const output = openSync(log(), 'w');
  exited = undefined;
  // cwd: a daemon must not keep the checkout's directory busy.
  const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output], cwd: '/' });
  closeSync(output);
  child.on('exit', (code) => (exited = { code }));
  child.on('error', () => (exited = { code: -1 }));
  child.unref();
}

/** Why the dockerd that this process started has ended; undefined while it runs, or when none was started here. */
export async function whyDockerdFailed(): Promise<SetUpError | undefined> {
  if (!exited) return undefined;
  const text = await readFile(log(), 'utf8').catch(() => '');
  const failure =
    text.split('\n').findLast((line) => /failed to start daemon|level=fatal/.test(line)) ?? lastLines(text, 2);
  return new SetUpError(
    `dockerd ended with code ${exited.code}: ${failure.trim() || 'it said nothing'} (log: ${log()}).`,
    'Mend what it complains about or start Docker Engine by hand, then run scripts/setup again.',
  );
}
