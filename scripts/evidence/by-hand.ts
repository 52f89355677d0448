/** Exports from the command line: what it gives them, what it says of them, and the one that follows a test. */
import { resolve } from 'node:path';
import { whoami } from '../lib/act';
import { readPlan } from '../lib/against-plan';
import type { ControlPlane } from '../lib/connect';
import type { Context } from '../lib/context';
import { exportRun, type ExportOptions, type Exported } from './export';
import { bundlesFolder } from './folder';
import type { RunName } from './history';
import { knownSecrets } from './secrets';
import { presentCode } from './versions';

/**
 * Folder, name and secrets for an export. @param options as they were typed
 * @throws Fault when the plan cannot be read: it says where secrets are, and a bundle that nobody searched is none to hand over
 */
export async function exportOptions(options: Record<string, unknown>): Promise<ExportOptions> {
  const read = await readPlan(false);
  const [secrets, code] = await Promise.all([knownSecrets(read?.plan, process.env), presentCode()]);
  const to = options['to'] === undefined ? bundlesFolder() : resolve(String(options['to']));
  return { to, by: String(options['by'] ?? whoami()), secrets, code };
}

/** What was made, in lines for a person. */
export function exportedLines({ path, head, existed, contents }: Exported): string[] {
  return [
    `Bundle  ${path}${existed ? ' (was there already)' : ''}`,
    ...(contents ? [`Runs    ${contents.runs.map(({ workflowId }) => workflowId).join(', ')}`] : []),
    ...(contents?.missing ?? []).map(
      ({ run, path: file, why }) => `Not in it: ${run ? `${run.workflowId} (run ${run.runId})` : file}: ${why}`,
    ),
    `Head    ${head}`,
  ];
}

/** The bundle of a test that was followed to its end. How the test ended stays what it was, whatever becomes of the bundle. */
export async function bundleOfTest(context: Context, plane: ControlPlane, run: RunName): Promise<void> {
  try {
    for (const line of exportedLines(await exportRun(plane, run, await exportOptions({})))) context.say(line);
  } catch (error) {
    context.say(`No evidence bundle was made: ${(error as Error).message}`);
    context.say(`Make it with: ./dr evidence export ${run.workflowId} --run-id ${run.runId}`);
  }
}
