import { spawn } from 'node:child_process';
import type { Gateway, Site, TestCommand } from '../../plan';
import type { CommandAnswer } from '../../workflows/contracts/system';
import { saveEvidence } from '../shared/evidence';
import type { EvidenceRef } from '../../workflows/contracts/run-view';
import { withHeartbeat } from '../shared/heartbeat';
import { gatewayUrl } from '../shared/http-health';
import { withLimit } from '../shared/limit';
import { root } from '../shared/paths';
import { redacted } from '../shared/redact';

export interface RunTestCommand {
  gateway: Gateway;
  site: Site;
  command: TestCommand;
}

/** Kept of what it prints, characters. */
const kept = 200_000;

/**
 * Runs one test program of the plan, without a shell, in the directory of the plan; what it prints is kept as evidence.
 * @returns how it ended; one that fails, or cannot be started, is an answer
 */
export async function runTestCommand(args: RunTestCommand): Promise<CommandAnswer & { evidence?: EvidenceRef }> {
  const { command, site } = args;
  const began = Date.now();
  return withHeartbeat(`running ${command.name}`, async (_beat, signal) => {
    let output = '';
    const end = await withLimit(signal, command.timeout, (limited) =>
      outcome(args, limited, (text) => (output += text)),
    ).catch((error: Error) => ({ exitCode: null, problem: error.message }));
    output = output.slice(-kept);
    signal.throwIfAborted();
    const text = await redacted(site, output);
    const last = text.trim().split('\n').at(-1) ?? '';
    const evidence = text
      ? await saveEvidence(`Output of ${command.name}`, `tests-${command.name}.log`, text)
      : undefined;
    return {
      name: command.name,
      ok: end.exitCode === 0,
      exitCode: end.exitCode,
      says: (end.problem ?? (last || `exit code ${end.exitCode ?? 'none'}`)).slice(0, 300),
      afterMs: Date.now() - began,
      ...(evidence ? { evidence } : {}),
    };
  });
}

/** A group of its own, so that whatever it starts ends with it: a second try must not run beside what is left of the first. */
function outcome(
  { command, gateway, site }: RunTestCommand,
  limited: AbortSignal,
  add: (text: string) => void,
): Promise<{ exitCode: number | null; problem?: string }> {
  const [program = '', ...rest] = command.command;
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DR_GATEWAY: gatewayUrl(site, gateway, '') };
    const child = spawn(program, rest, { cwd: root(), env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (): void => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    limited.addEventListener('abort', end, { once: true });
    child.stdout.on('data', (chunk: Buffer) => add(chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => add(chunk.toString('utf8')));
    child.once('error', ({ message }) => resolve({ exitCode: null, problem: message }));
    child.once('close', (exitCode) => {
      limited.removeEventListener('abort', end);
      resolve(limited.aborted ? { exitCode: null, problem: 'it did not end in its time' } : { exitCode });
    });
  });
}
