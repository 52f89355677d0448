import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { activityInfo } from '@temporalio/activity';
import type { EvidenceRef } from '../../workflows/contracts/run-view';
import { drHome, evidenceFolder } from './paths';
import { redact } from './redact';
import { writeFileAtomically } from './write-file';

/**
 * Writes one file into the evidence folder of the calling activity's run, without secrets; a second try replaces it.
 * @param title what it is, for the report
 * @returns its path relative to the state folder (`DR_HOME`): a path of this machine means nothing in a history
 */
export async function saveEvidence(title: string, name: string, text: string): Promise<EvidenceRef> {
  const content = redact(text);
  const run = activityInfo().workflowExecution;
  const path = join(evidenceFolder(run?.workflowId ?? 'none', run?.runId ?? 'none'), name);
  await writeFileAtomically(path, content, 0o640);
  return { title, path: relative(drHome(), path), sha256: createHash('sha256').update(content).digest('hex') };
}
