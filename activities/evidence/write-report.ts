import { createHash } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { EvidenceRef, Report } from '../../workflows/contracts/run-view';
import { drFailure } from '../../workflows/contracts/errors';
import { drHome, evidenceFolder } from '../shared/paths';
import { renderPage } from './html/page';

/**
 * Writes `report.json` and `report.html` into the evidence folder of the run. Safe to run twice: each file is replaced as
 * a whole, and the same report makes the same bytes.
 * @returns both files with their SHA-256; paths are relative to the state folder (`DR_HOME`), because a path of this
 *   machine means nothing in a history that outlives it
 * @throws DR-TOOL when the folder cannot be written; retried by Temporal
 */
export async function writeReport(input: { report: Report }): Promise<{ json: EvidenceRef; html: EvidenceRef }> {
  const { view } = input.report;
  const folder = evidenceFolder(view.workflowId, view.runId);
  const paths = { json: join(folder, 'report.json'), html: join(folder, 'report.html') };
  const named = { json: relative(drHome(), paths.json), html: relative(drHome(), paths.html) };
  const report: Report = { ...input.report, paths: named };
  const text = { json: `${JSON.stringify(report, undefined, 2)}\n`, html: renderPage(report) };
  try {
    await mkdir(folder, { recursive: true });
    await replaceFile(paths.html, text.html);
    // Last, because whoever finds the JSON may rely on the page beside it.
    await replaceFile(paths.json, text.json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw drFailure('DR-TOOL', `the report of run ${view.runId} could not be written: ${why}`, {
      retry: true,
      next: `Make ${folder} writable for the worker and see that its disk has room.`,
    });
  }
  return {
    json: { title: 'Report as data', path: named.json, sha256: sha256(text.json) },
    html: { title: 'Report as a page', path: named.html, sha256: sha256(text.html) },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A reader sees the old file or the new one, never half of one, also after a power cut. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = join(dirname(path), `.${process.pid}-${Date.now()}.tmp`);
  const file = await open(draft, 'w', 0o644);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
