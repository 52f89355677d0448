import { WorkflowFailedError } from '@temporalio/client';
import { readingLock, readinessResource } from '../../workflows/contracts/names';
import { readinessInputSchema, type ReadinessItem, type ReadinessResult } from '../../workflows/contracts/readiness';
import type { Report } from '../../workflows/contracts/run-view';
import { headline } from '../../workflows/contracts/words';
import { bounded, withControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { inputOf } from '../lib/input';
import { saidStarted, startRun, type Start } from '../lib/start';
import { demandWorker } from '../lib/workers';
import { readinessFields } from './readiness';

/** Longest a check is waited for, milliseconds: what hangs is given up after seconds, large backups are read to their end. */
const waitMs = 1_800_000;

/** `check`. @returns 3 where something is missing */
export async function check(context: Context, options: Record<string, unknown>): Promise<number> {
  const faults: string[] = [];
  const given = { reason: 'to know before it is needed', ...options };
  const input = inputOf(readinessInputSchema, { options: given, fields: readinessFields, rest: {}, names: {} }, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'check');
  const resource = readinessResource();
  const workflowId = readingLock('check', resource);
  const start: Start = { procedure: 'readinessCheck', workflowId, resource, summary: 'check readiness', input };
  return withControlPlane(context, async (plane) => {
    await demandWorker(plane);
    const runId = await startRun(plane, start);
    saidStarted(context, start, runId);
    const report = await bounded(
      plane,
      () => plane.client.workflow.getHandle(workflowId, runId).result(),
      waitMs,
    ).catch((error: unknown) => {
      if (!(error instanceof WorkflowFailedError)) throw error;
      throw new Fault('ended', `${workflowId} ended without an answer: ${error.cause?.message ?? error.message}`);
    });
    const { view, result, paths } = report as Report;
    const readiness = result as unknown as ReadinessResult;
    if (context.json) context.out(toJson({ ...readiness, workflowId, runId, ...(paths ? { report: paths } : {}) }));
    else {
      for (const line of pageOf(readiness, options['all'] === true)) context.out(line);
      context.out(headline(view).sentence);
    }
    return readiness.ready ? exitCodes.ok.code : exitCodes.refused.code;
  });
}

const marks: Record<ReadinessItem['state'], string> = { ok: 'ok     ', warning: 'warning', failed: 'MISSING' };

/** A line per item, the areas in their order, and what to do under what is missing. */
function pageOf({ items }: ReadinessResult, all: boolean): string[] {
  return items
    .filter(({ state }) => all || state !== 'ok')
    .flatMap(({ area, name, state, says, next }) => [
      `${marks[state]}  ${area}: ${name}: ${says}`,
      ...(next === undefined ? [] : [`         ${next}`]),
    ]);
}
