/** The histories of a run and of all it has started, from the Temporal server. */
import type { History } from '@temporalio/common/lib/proto-utils';
import { WorkflowNotFoundError } from '@temporalio/client';
import { bounded, type ControlPlane } from '../lib/connect';
import { startedBy, type RunName } from './history';

/** A long history comes in pages. Milliseconds. */
const fetchTimeout = 60_000;
/** A guard that started another thousand runs is not one bundle. */
const mostRuns = 500;

export interface Fetched extends RunName {
  history: History;
}

export interface Collected {
  /** The run itself first. */
  runs: Fetched[];
  /** Runs whose history the server does not have any more, or that are too many. */
  missing: { run: RunName; why: string }[];
}

/** @param run an execution that the server has @throws WorkflowNotFoundError when it does not have that one any more */
export async function collectRuns(plane: ControlPlane, run: RunName): Promise<Collected> {
  const runs: Fetched[] = [{ ...run, history: await fetchHistory(plane, run) }];
  const missing: Collected['missing'] = [];
  const seen = new Set([run.runId]);
  for (let at = 0; at < runs.length; at += 1) {
    const { history, workflowId } = runs[at]!;
    for (const child of startedBy(history, workflowId)) {
      if (seen.has(child.runId)) continue;
      seen.add(child.runId);
      if (runs.length >= mostRuns) {
        missing.push({ run: child, why: `a bundle holds ${mostRuns} runs at most` });
        continue;
      }
      try {
        runs.push({ ...child, history: await fetchHistory(plane, child) });
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        missing.push({ run: child, why: 'the server does not keep its history any more' });
      }
    }
  }
  return { runs, missing };
}

const fetchHistory = (plane: ControlPlane, { workflowId, runId }: RunName): Promise<History> =>
  bounded(
    plane,
    () => plane.client.workflow.getHandle(workflowId, runId, { followRuns: false }).fetchHistory(),
    fetchTimeout,
  );
