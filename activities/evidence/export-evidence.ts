import { dirname, join, relative } from 'node:path';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { drHome } from '../shared/paths';
import { runProgram } from '../shared/program';
import { redact } from '../shared/redact';

export interface ExportEvidence {
  workflowId: string;
  /** Default: the newest run with that id. */
  runId?: string;
  /** Who exports it, for the bundle. */
  by: string;
}

const checkout = join(__dirname, '..', '..');

/**
 * Makes the evidence bundle of a run that has ended, by the command that a person would use. Safe to run twice: a bundle that
 * is there stays as it is.
 * @returns its path relative to `DR_HOME`, and the hash that vouches for all of it: the history of whoever asked keeps it
 * @throws DR-TOOL with what the command said; never a secret, the command names places only
 */
export async function exportEvidence(given: ExportEvidence): Promise<{ path: string; head: string }> {
  const { workflowId, runId, by } = given;
  return withHeartbeat(`exporting the evidence of ${workflowId}`, async (_beat, signal) => {
    let output = '';
    const run = runId === undefined ? [workflowId] : [workflowId, '--run-id', runId];
    const end = await runProgram([join(checkout, 'dr'), 'evidence', 'export', ...run, '--by', by, '--json'], {
      // The same server and folders as this worker has, and the same Node.
      env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` },
      signal,
      add: (text) => (output += text),
    });
    signal.throwIfAborted();
    const said = answerIn(output);
    if (end.exitCode === 0 && said.path && said.head) return { path: relative(drHome(), said.path), head: said.head };
    const why =
      said.error?.message ?? end.problem ?? `dr evidence export ended with exit code ${end.exitCode ?? 'none'}`;
    throw drFailure('DR-TOOL', `no evidence bundle of ${workflowId} was made: ${redact(why)}`, {
      // A run that holds a secret, or has not ended, is no better in a second.
      retry: end.exitCode !== 3,
      next: `Read why, then ./dr evidence export ${workflowId}.`,
    });
  });
}

/** The JSON among what the command printed on both outputs. */
function answerIn(output: string): { path?: string; head?: string; error?: { message: string } } {
  try {
    return JSON.parse(/^\{$[^]*?^\}$/m.exec(output)?.[0] ?? '{}') as ReturnType<typeof answerIn>;
  } catch {
    return {};
  }
}
