/** Where things live on this machine. Resolved by each worker for itself, so that no machine's path enters a history. */
import { isAbsolute, join, resolve } from 'node:path';

/** Root of the checkout, or `DR_ROOT`: relative paths of the plan start here. */
export function root(): string {
  return process.env['DR_ROOT'] ? resolve(process.env['DR_ROOT']) : resolve(__dirname, '..', '..');
}

/** State of the control plane: evidence, reports, process ids. `DR_HOME`, default `<root>/.dr`. */
export function drHome(): string {
  return process.env['DR_HOME'] ? resolve(process.env['DR_HOME']) : join(root(), '.dr');
}

/** A path of the plan on this machine. */
export function fromRoot(path: string): string {
  return isAbsolute(path) ? path : join(root(), path);
}

/** Name of the folder of a run's evidence; one per workflow id and run. */
export const evidenceName = (workflowId: string, runId: string): string => `${workflowId}-${runId.slice(-8)}`;

/** Folder of a run's evidence. */
export function evidenceFolder(workflowId: string, runId: string): string {
  return join(drHome(), 'evidence', evidenceName(workflowId, runId));
}
