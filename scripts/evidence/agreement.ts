/**
 * Whether the files of a bundle say the same. Hashes tell that nothing was changed since it was sealed; this tells that what
 * was sealed is what the run did: the histories are the source, and everything else has to follow from them.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyFromJSON, type History } from '@temporalio/common/lib/proto-utils';
import { hashOf } from '../../activities/shared/backup-files';
import { hashPlan } from '../../plan';
import type { Header } from './chain';
import { contentsSchema, derived, paths, type Contents } from './contents';
import { pinnedPlanOf, procedureOf, reportOf, startedBy } from './history';

/** A history of a bundle, read back. */
export interface ReadRun {
  workflowId: string;
  runId: string;
  procedure: string;
  madeBy: string[];
  events: number;
  ended?: string;
  history: History;
}

/** @returns the runs of a bundle, and a sentence for each thing that cannot be read or does not agree */
export async function agreement(folder: string, header: Header): Promise<{ runs: ReadRun[]; faults: string[] }> {
  const faults: string[] = [];
  const contents = await readContents(folder, faults);
  if (!contents) return { runs: [], faults };
  const runs: ReadRun[] = [];
  for (const { history: path, ...run } of contents.runs) {
    const history = await readHistory(join(folder, path));
    if (!history) faults.push(`${path}: it is no history of Temporal`);
    else if (procedureOf(history) !== run.procedure)
      faults.push(`${path}: it is the history of ${procedureOf(history)}, ${paths.contents} says ${run.procedure}`);
    else runs.push({ ...run, history });
  }
  const [main] = contents.runs;
  if (main?.workflowId !== header.workflowId || main.runId !== header.runId || main.procedure !== header.procedure)
    faults.push(
      `${paths.contents}: its first run is not ${header.workflowId} (run ${header.runId}), which the manifest names`,
    );
  faults.push(...faultsOfTree(runs, contents));
  for (const run of runs) faults.push(...(await faultsOfEvidence(folder, run, contents)));
  if (runs[0] && runs[0].runId === main?.runId) faults.push(...(await faultsOfDerived(folder, runs[0].history)));
  return { runs, faults };
}

async function readContents(folder: string, faults: string[]): Promise<Contents | undefined> {
  try {
    return contentsSchema.parse(JSON.parse(await readFile(join(folder, paths.contents), 'utf8')));
  } catch {
    faults.push(`${paths.contents}: it cannot be read, so nobody can tell what belongs to the bundle`);
    return undefined;
  }
}

async function readHistory(path: string): Promise<History | undefined> {
  try {
    const history = historyFromJSON(JSON.parse(await readFile(path, 'utf8')));
    return (history.events?.length ?? 0) > 0 ? history : undefined;
  } catch {
    return undefined;
  }
}

/** Every run that a history has started is here, or said to be missing. */
function faultsOfTree(runs: readonly ReadRun[], { runs: listed, missing }: Contents): string[] {
  const known = new Set([...listed, ...missing.flatMap(({ run }) => run ?? [])].map(({ runId }) => runId));
  return runs.flatMap(({ workflowId, history }) =>
    startedBy(history, workflowId)
      .filter(({ runId }) => !known.has(runId))
      .map(
        (child) =>
          `${child.workflowId} (run ${child.runId}): ${workflowId} has started it, and its history is not here`,
      ),
  );
}

/** The report is the one that the run wrote, and each file is the one that the report names. */
async function faultsOfEvidence(folder: string, run: ReadRun, { missing }: Contents): Promise<string[]> {
  const written = reportOf(run.history);
  if (!written) return [];
  const said = new Set(missing.flatMap(({ path }) => path ?? []));
  const own = paths.evidenceOf(run.workflowId, run.runId);
  const refs = [
    ...(written.json ? [{ ...written.json, path: `${own}/report.json` }] : []),
    ...(written.html ? [{ ...written.html, path: `${own}/report.html` }] : []),
    ...written.report.view.evidence,
  ];
  const faults: string[] = [];
  for (const { path, sha256 } of refs) {
    if (!existsSync(join(folder, path))) {
      if (!said.has(path)) faults.push(`${path}: ${run.workflowId} names it, and it is not here`);
    } else if ((await hashOf(join(folder, path))).sha256 !== sha256)
      faults.push(
        `${path}: it is not as ${run.workflowId} wrote it: the history has another SHA-256 (${sha256.slice(0, 12)}…)`,
      );
  }
  return faults;
}

/** The parts of the report, and the plan, are what the history has. */
async function faultsOfDerived(folder: string, history: History): Promise<string[]> {
  const faults: string[] = [];
  for (const [path, expected] of Object.entries(derived({ history })))
    if ((await readFile(join(folder, path), 'utf8').catch(() => undefined)) !== expected)
      faults.push(`${path}: it is not what the history of the run has`);
  const pinned = pinnedPlanOf(history);
  const drill = reportOf(history)?.report.view.workflowId.startsWith('drill.') ?? false;
  // The plan of a drill's copy follows from the one whose hash was pinned.
  if (pinned && !drill && hashPlan(pinned.plan) !== pinned.hash)
    faults.push(`${paths.plan}: its hash is not ${pinned.hash.slice(0, 12)}…, which the run pinned`);
  return faults;
}
