/** What a bundle holds beside the evidence files: made from the histories alone, so that a reader can make it again. Pure. */
import { z } from 'zod';
import type { Plan } from '../../plan';
import { evidenceName } from '../../activities/shared/paths';
import type { RunView } from '../../workflows/contracts/run-view';
import type { Collected, Fetched } from './collect';
import { endOf, madeBy, pinnedPlanOf, procedureOf, reportOf } from './history';

const run = z.object({ workflowId: z.string(), runId: z.string() });
const bundledRun = run.extend({
  procedure: z.string(),
  /** Temporal's word for how it ended; absent: it had not, and the history is that of its beginning. */
  ended: z.string().optional(),
  /** Path of its history inside the bundle. */
  history: z.string(),
  events: z.int(),
  /** Hashes of the workflow code that made it. */
  madeBy: z.array(z.string()),
});

/** `contents.json`. */
export const contentsSchema = z.object({
  /** The run itself first, then what it started. */
  runs: z.array(bundledRun).min(1),
  missing: z.array(z.object({ run: run.optional(), path: z.string().optional(), why: z.string() })),
});
export type Contents = z.infer<typeof contentsSchema>;

/** Paths inside a bundle. */
export const paths = {
  contents: 'contents.json',
  versions: 'versions.json',
  record: 'record.json',
  plan: 'plan.json',
  timeline: 'timeline.json',
  facts: 'facts.json',
  approvals: 'approvals.json',
  /** Of a run; the paths that its report names begin here, too. */
  evidenceOf: (workflowId: string, runId: string): string => `evidence/${evidenceName(workflowId, runId)}`,
  historyOf: (workflowId: string, runId: string): string => `histories/${evidenceName(workflowId, runId)}.json`,
};

/** JSON for a file of a bundle. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** @param missing files that the runs name and this machine does not have */
export function contentsOf(collected: Collected, missing: { path: string; why: string }[]): Contents {
  return { runs: collected.runs.map(bundled), missing: [...collected.missing, ...missing] };
}

function bundled({ workflowId, runId, history }: Fetched): Contents['runs'][number] {
  const ended = endOf(history);
  return {
    workflowId,
    runId,
    procedure: procedureOf(history),
    ...(ended ? { ended } : {}),
    history: paths.historyOf(workflowId, runId),
    events: history.events?.length ?? 0,
    madeBy: madeBy(history),
  };
}

/** What the report of the run itself says, in parts that can be read alone. */
export function partsOf(view: RunView): Record<string, string> {
  const { timeline, steps, facts, objectives, approvals, gates } = view;
  return {
    [paths.timeline]: jsonText({ timeline, steps }),
    [paths.facts]: jsonText({ facts, ...(objectives ? { objectives } : {}) }),
    [paths.approvals]: jsonText({ approvals, gates }),
  };
}

/**
 * Everything that follows from the history of the run itself: the parts of its report, and the plan it pinned. A reader makes
 * it again and compares, so another shape of it is another `format` of the manifest.
 */
export function derived(main: Pick<Fetched, 'history'>): Record<string, string> {
  const written = reportOf(main.history);
  const pinned = pinnedPlanOf(main.history);
  return {
    ...(written ? partsOf(written.report.view) : {}),
    ...(pinned ? { [paths.plan]: jsonText(pinned.plan satisfies Plan) } : {}),
  };
}
