import type { CopyCommand, DrillCopy } from '../../workflows/contracts/drill';
import { drFailure } from '../../workflows/contracts/errors';
import { saveEvidence } from '../shared/evidence';
import { withLimit } from '../shared/limit';
import { runProgram } from '../shared/program';
import { redacted } from '../shared/redact';

/** Kept of what it prints, characters. */
const kept = 200_000;

/**
 * Runs the plan's program that brings the copy up, or down; what it prints is kept as evidence.
 * @throws DR-DRILL when it fails or does not end in its time
 */
export async function copyProgram(
  { drills, site }: DrillCopy,
  which: 'up' | 'down',
  signal: AbortSignal,
): Promise<CopyCommand> {
  const began = Date.now();
  const { project, portBase, portOffset } = drills;
  const values: Record<string, string> = { '{project}': project, '{portOffset}': String(portBase + portOffset) };
  const command = drills[which].map((word) => values[word] ?? word);
  let output = '';
  const end = await withLimit(signal, drills.timeout, (limited) =>
    runProgram(command, { signal: limited, add: (text) => (output = (output + text).slice(-kept)) }),
  ).catch((error: Error) => ({ exitCode: null, problem: error.message }));
  signal.throwIfAborted();
  const text = await redacted(site, output);
  const evidence = text ? await saveEvidence(`Output of the copy's ${which}`, `drill-${which}.log`, text) : undefined;
  if (end.exitCode !== 0)
    throw drFailure(
      'DR-DRILL',
      `${command.join(' ')} (drills.${which} of the plan) ended with ${end.exitCode ?? 'no exit code'}: ${(end.problem ?? text.trim().split('\n').slice(-3).join(' ')).slice(0, 400)}`,
      { retry: true },
    );
  return { durationMs: Date.now() - began, ...(evidence ? { evidence } : {}) };
}
