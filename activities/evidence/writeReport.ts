import { mkdir, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { EvidenceRef, Report } from '../../workflows/contracts/run-view';
import { evidenceFolder } from '../shared/paths';

export async function writeReport(args: { report: Report }): Promise<{ json: EvidenceRef; html: EvidenceRef }> {
  const folder = evidenceFolder(args.report.view.workflowId, args.report.view.runId);
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify(args.report, null, 2);
  await writeFile(join(folder, 'report.json'), text);
  const ref = { title: 'report', path: join(folder, 'report.json'), sha256: createHash('sha256').update(text).digest('hex') };
  return { json: ref, html: ref };
}
