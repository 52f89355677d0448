/** Writes the files of a bundle into an empty folder: from the histories, and from the evidence that lies on this machine. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { renderPage } from '../../activities/evidence/html/page';
import { evidenceFolder } from '../../activities/shared/paths';
import type { Report } from '../../workflows/contracts/run-view';
import type { Collected, Fetched } from './collect';
import { contentsOf, derived, jsonText, paths, type Contents } from './contents';
import { isInside, walk } from './files';
import { inputOf, pinnedPlanOf, reportOf } from './history';
import { recordOf } from './record';
import type { Versions } from './versions';

/** @returns what is in it, and what is not */
export async function stage(draft: string, collected: Collected, versions: Versions): Promise<Contents> {
  const [main] = collected.runs;
  if (!main) throw new Error('a bundle without a run');
  const named = new Map<string, string>();
  for (const run of collected.runs) {
    await write(draft, paths.historyOf(run.workflowId, run.runId), `${historyToJSON(run.history)}\n`);
    for (const { path, title } of await stageEvidence(draft, run)) named.set(path, title);
  }
  const { files } = await walk(draft);
  const missing = [...named]
    .filter(([path]) => !files.includes(path))
    .map(([path, title]) => ({ path, why: `${title}: not on this machine when the bundle was made` }));
  for (const [path, text] of Object.entries(derived(main))) await write(draft, path, text);
  const written = reportOf(main.history);
  if (written) {
    const { by } = (inputOf(main.history) ?? {}) as { by?: string };
    const record = recordOf(written.report, by, pinnedPlanOf(main.history)?.plan);
    await write(draft, paths.record, jsonText(record));
  }
  await write(draft, paths.versions, jsonText(versions));
  const contents = contentsOf(collected, missing);
  await write(draft, paths.contents, jsonText(contents));
  return contents;
}

/** Files of one run. @returns those that its report names, here or not */
async function stageEvidence(draft: string, run: Fetched): Promise<{ path: string; title: string }[]> {
  const from = evidenceFolder(run.workflowId, run.runId);
  const to = paths.evidenceOf(run.workflowId, run.runId);
  const { files } = await walk(from).catch(() => ({ files: [] as string[] }));
  const kept = new Set<string>();
  // Half a file of a writer that was killed is evidence of nothing.
  for (const file of files.filter((one) => !one.endsWith('.tmp'))) {
    await mkdir(dirname(join(draft, to, file)), { recursive: true, mode: 0o750 });
    await copyFile(join(from, file), join(draft, to, file));
    kept.add(`${to}/${file}`);
  }
  const written = reportOf(run.history);
  if (!written) return [];
  const sums = { [`${to}/report.json`]: written.json?.sha256, [`${to}/report.html`]: written.html?.sha256 };
  for (const [path, text] of Object.entries(pagesOf(written.report, to))) {
    // A page that this version writes another way is not the one that was written.
    if (!kept.has(path) && (sums[path] ?? sha256(text)) === sha256(text)) await write(draft, path, text);
  }
  return [...Object.keys(sums).map((path) => ({ path, title: 'Report' })), ...written.report.view.evidence];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The report as the control worker wrote it: the history has all of it, also where the files lie on another machine. */
export function pagesOf(given: Report, folder: string): Record<string, string> {
  const named = { json: `${folder}/report.json`, html: `${folder}/report.html` };
  const report: Report = { ...given, paths: named };
  return { [named.json]: `${JSON.stringify(report, undefined, 2)}\n`, [named.html]: renderPage(report) };
}

async function write(draft: string, path: string, text: string): Promise<void> {
  if (!isInside(path)) throw new Error(`${path} leads out of the bundle`);
  await mkdir(dirname(join(draft, path)), { recursive: true, mode: 0o750 });
  await writeFile(join(draft, path), text, { mode: 0o640 });
}
