import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { ReducedGateway } from '../../plan';
import {
  reducedMarkSchema,
  reducedModes,
  type MarkedRun,
  type ReducedMark,
  type ReducedMode,
  type ReducedNow,
  type ReducedOwner,
} from '../../workflows/contracts/reduced';
import { drFailure } from '../../workflows/contracts/errors';
import { fromRoot } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';

const fileOf = (reduced: ReducedGateway, mode: ReducedMode): string =>
  join(fromRoot(reduced.directory), mode === 'maintenance' ? reduced.maintenance : reduced.criticalOnly);

/** The modes that are on now, with who has them. @throws DR-REDUCED when a file cannot be read */
export async function modesOn(reduced: ReducedGateway, own: MarkedRun): Promise<ReducedNow[]> {
  const found = await Promise.all(reducedModes.map((mode) => modeOn(reduced, mode, own)));
  return found.flatMap((one) => one ?? []);
}

async function modeOn(reduced: ReducedGateway, mode: ReducedMode, own: MarkedRun): Promise<ReducedNow | undefined> {
  const text = await readFile(fileOf(reduced, mode), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw refused(reduced, mode, 'read', error);
  });
  if (text === undefined) return undefined;
  const mark = markOf(text);
  return mark ? { mode, mark, owner: await ownerOf(mark, own) } : { mode, owner: 'by-hand' };
}

function markOf(text: string): ReducedMark | undefined {
  try {
    return reducedMarkSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Asks the server of this worker, which all runs of a plan live on. One that it does not know any more has ended. */
async function ownerOf(mark: ReducedMark, own: MarkedRun): Promise<ReducedOwner> {
  if (mark.workflowId === own.workflowId && mark.runId === own.runId) return 'own';
  try {
    const { status, runId, raw } = await Context.current().client.workflow.getHandle(mark.workflowId).describe();
    const first = raw.workflowExecutionInfo?.firstRunId || runId;
    return status.name === 'RUNNING' && first === mark.runId ? 'runs' : 'ended';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'ended';
    throw error;
  }
}

/** Switches a mode on: the file and who has it are one write. */
export const writeMark = (reduced: ReducedGateway, mark: ReducedMark): Promise<void> =>
  // The gateway only asks whether it is there; people and `dr` read it.
  writeFileAtomically(fileOf(reduced, mark.mode), `${JSON.stringify(mark, undefined, 2)}\n`, 0o644).catch(
    (error: unknown) => {
      throw refused(reduced, mark.mode, 'written', error);
    },
  );

/** Switches a mode off; one that is off stays so. */
export const removeMark = (reduced: ReducedGateway, mode: ReducedMode): Promise<void> =>
  rm(fileOf(reduced, mode), { force: true }).catch((error: unknown) => {
    throw refused(reduced, mode, 'removed', error);
  });

function refused(reduced: ReducedGateway, mode: ReducedMode, what: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const name = mode === 'maintenance' ? reduced.maintenance : reduced.criticalOnly;
  return drFailure('DR-REDUCED', `${reduced.directory}/${name} cannot be ${what}: ${code ?? message}`, { retry: true });
}
