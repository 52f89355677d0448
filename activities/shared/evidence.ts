import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { activityInfo } from '@temporalio/activity';
import { evidenceFolder } from './paths';
import { writeFileAtomically } from './write-file';

/** Writes one file into the evidence folder of the calling activity's run; a second try replaces it. */
export async function saveEvidence(name: string, content: string): Promise<{ path: string; sha256: string }> {
  const run = activityInfo().workflowExecution;
  const path = join(evidenceFolder(run?.workflowId ?? 'none', run?.runId ?? 'none'), name);
  await writeFileAtomically(path, content, 0o640);
  return { path, sha256: createHash('sha256').update(content).digest('hex') };
}
