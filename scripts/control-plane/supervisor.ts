/**
 * Keeps the embedded control plane alive: the Temporal server and its workers are its children, and one that dies is back
 * in a moment. Runs detached; `dr up` starts it, `dr down` ends it with SIGTERM, and it takes its children along.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listens, taken } from './port';
import { ports, temporalServer, workers, type Child } from './processes';
import { drUp, logFile, removeState, writeState, type ControlPlaneState } from './state';

/**
 * The platform it recovers may be what takes all the processors: what orchestrates goes first where it may (root). Inherited by
 * the children, whose work is brief; restores and replays run in containers of their own, at their own priority.
 */
const priority = -10;

/** A child that dies again at once waits longer each time, up to this many milliseconds. */
const longestPause = 5_000;

const running = new Map<string, ChildProcess>();
const ready = new Set<string>();
let expected: string[] = [];
let stopping = false;

const { server, ui } = ports();
const listened = { DR_TEMPORAL_PORT: server, DR_TEMPORAL_UI_PORT: ui };
const state: ControlPlaneState = {
  address: `127.0.0.1:${server}`,
  namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default',
  uiUrl: `http://127.0.0.1:${ui}`,
  startedAt: new Date().toISOString(),
  startedBy: process.argv[2] ?? drUp,
  supervisor: process.pid,
  children: {},
  ready: false,
};

try {
  setPriority(priority);
} catch {
  // Not root: then it shares with everybody else.
}

function publish(): void {
  if (stopping) return;
  state.children = Object.fromEntries([...running].map(([name, child]) => [name, child.pid ?? 0]));
  state.ready = expected.length > 0 && expected.every((name) => ready.has(name));
  writeState(state);
}

function start(child: Child, pause = 100): void {
  if (stopping) return;
  mkdirSync(dirname(logFile(child.name)), { recursive: true });
  const log = createWriteStream(logFile(child.name), { flags: 'a' });
  const began = Date.now();
  const started = spawn(child.command, child.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TEMPORAL_ADDRESS: state.address, TEMPORAL_NAMESPACE: state.namespace, ...child.env },
  });
  running.set(child.name, started);
  started.stderr.pipe(log, { end: false });
  started.stdout.on('data', (chunk: Buffer) => {
    log.write(chunk);
    if (child.readyLine && chunk.toString('utf8').includes(child.readyLine)) {
      ready.add(child.name);
      publish();
    }
  });
  if (!child.readyLine) void reportPort(child.name, started);
  started.once('error', (error) => log.write(`could not be started: ${error.message}\n`));
  started.once('close', (code, signal) => {
    log.end(`${new Date().toISOString()} ended with ${code ?? signal}\n`);
    running.delete(child.name);
    ready.delete(child.name);
    publish();
    const next = Date.now() - began > 10_000 ? 100 : Math.min(longestPause, pause * 2);
    setTimeout(() => void again(child, next), pause);
  });
  publish();
}

/** Starts a child once more. A port that somebody else took meanwhile is waited for: an answer there would be taken for ours. */
async function again(child: Child, pause: number): Promise<void> {
  for (let why = child.readyLine ? undefined : await taken(listened); why && !stopping; why = await taken(listened)) {
    process.stderr.write(`supervisor: ${child.name} cannot be started again: ${why}\n`);
    await sleep(longestPause);
  }
  start(child, pause);
}

/** The server prints no line: it is ready, at its first start and at every later one, when its port answers. */
async function reportPort(name: string, started: ChildProcess): Promise<void> {
  if (!(await listens(server, () => running.get(name) === started && !stopping))) return;
  ready.add(name);
  publish();
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  // Workers first, so that they can report what they are at; the server, which keeps it, last.
  const end = async (names: string[]): Promise<void> => {
    const children = names.flatMap((name) => running.get(name) ?? []);
    for (const child of children) child.kill('SIGTERM');
    const patience = sleep(8_000);
    await Promise.all(
      children.map((child) => Promise.race([new Promise((resolve) => child.once('close', resolve)), patience])),
    );
    for (const child of children) child.kill('SIGKILL');
  };
  const names = [...running.keys()];
  await end(names.filter((name) => name !== 'temporal'));
  await end(names.filter((name) => name === 'temporal'));
  removeState();
  process.exit(0);
}

async function main(): Promise<void> {
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  const temporal = temporalServer();
  const others = await workers();
  expected = ['temporal', ...others.map((one) => one.name)];
  const why = await taken(listened);
  if (why) throw new Error(`the Temporal server cannot be started: ${why}`);
  start(temporal);
  while (!ready.has(temporal.name)) await sleep(20);
  for (const child of others) start(child);
}

main().catch((error: unknown) => {
  process.stderr.write(`supervisor: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
