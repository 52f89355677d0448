import type { Gateway, Site, TestCommand } from '../../plan';
import type { CommandAnswer } from '../../workflows/contracts/system';
import { saveEvidence } from '../shared/evidence';
import type { EvidenceRef } from '../../workflows/contracts/run-view';
import { withHeartbeat } from '../shared/heartbeat';
import { gatewayUrl } from '../shared/http-health';
import { withLimit } from '../shared/limit';
import { redacted } from '../shared/redact';
import { runProgram, type ProgramEnd } from '../shared/run-program';

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
      runProgram(command.command, { DR_GATEWAY: gatewayUrl(site, args.gateway, '') }, limited, (text) => {
        output += text;
      }),
    ).catch((error: Error): ProgramEnd => ({ exitCode: null, problem: error.message }));
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
