import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { activityInfo } from '@temporalio/activity';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drHome } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';

/**
 * Who holds the clients. The pooler shows that they are held, not by whom; a pause whose worker died before it could
 * report would look like one that somebody made before the run, and an abort would then leave the clients locked out.
 * So a run notes its pause in the state of the control plane before it makes it.
 */
const recordOf = ({ site, database }: DatabaseAt): string =>
  join(drHome(), 'paused-clients', `${site.name}.${database.name}.json`);

const caller = (): string => activityInfo().workflowExecution?.workflowId ?? 'none';

/** Notes that the calling run is about to hold the clients. */
export async function notePause(at: DatabaseAt): Promise<void> {
  const record = { run: caller(), since: new Date().toISOString() };
  await writeFileAtomically(recordOf(at), `${JSON.stringify(record)}\n`, 0o640);
}

/** Whether the last pause that was noted is of the calling run. */
export async function notedByThisRun(at: DatabaseAt): Promise<boolean> {
  const text = await readFile(recordOf(at), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { run?: string }).run === caller();
}

/** Forgets the pause: the clients are let through. */
export async function forgetPause(at: DatabaseAt): Promise<void> {
  await rm(recordOf(at), { force: true });
}
