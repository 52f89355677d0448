import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { z } from 'zod';
import type * as evidence from '../../activities/evidence';
import type { Plan } from '../../plan';
import { drFailure, errorCodes, problemOf, type DrCode } from '../contracts/errors';
import { controlQueue, drillLock } from '../contracts/names';
import { parseOutside } from '../contracts/outside';
import type { Report, RunState, Verdict } from '../contracts/run-view';
import { tellingParent } from './child';
import { Ended } from './endings';
import { listen } from './messages';
import { pinPlan } from './pin';
import { Run } from './run';

// Reads and writes small files on the control worker: quick to repeat, and nothing else waits for it.
const control = proxyActivities<typeof evidence>({
  taskQueue: controlQueue,
  startToCloseTimeout: '20 seconds',
  scheduleToStartTimeout: '1 minute',
  retry: { initialInterval: '200 ms', maximumInterval: '2 seconds', maximumAttempts: 5 },
});

/** What a procedure's body tells the kernel when it came to its end. */
export interface Finished {
  verdict: Verdict | 'judge';
  result: Record<string, unknown>;
}

export interface Procedure<S extends z.ZodType> {
  name: string;
  schema: S;
  /** Resource, lock and words of this run, from its input. */
  describe: (input: z.output<S>) => {
    resource: string;
    lock: string;
    mode: string;
    summary: string;
  };
  body: (run: Run, input: z.output<S>, plan: Plan) => Promise<Finished>;
}

/**
 * Runs a procedure: validate → lock → pin the plan → body → report; on abort, rejection, expiry or cancel the way back.
 * A run that ends in order returns its report; one that was refused, rejected, expired or aborted fails with a code and a
 * sentence, so that Temporal's own lists show it; a cancelled one is cancelled. A bug is none of these: it stalls the
 * workflow task until it is fixed, and the run goes on.
 */
export async function runProcedure<S extends z.ZodType>(procedure: Procedure<S>, raw: unknown): Promise<Report> {
  const parsed = parseOutside(procedure.schema, raw, `input of ${procedure.name}`);
  if (!parsed.ok) throw drFailure('DR-INPUT', parsed.faults.join('\n'));
  const input = parsed.value;
  const about = describeRun(procedure, input);
  const { workflowId } = workflowInfo();
  if (workflowId !== about.lock) {
    throw drFailure(
      'DR-INPUT',
      `the workflow id is ${workflowId}, expected ${about.lock}: the id is the lock of ${about.resource}, and another one would let two runs work on it at once`,
    );
  }

  const run = new Run({
    procedure: procedure.name,
    resource: about.resource,
    mode: about.mode,
    summary: about.summary,
    drill: about.drill,
  });
  run.record.onState = tellingParent();
  const scope = new CancellationScope();
  let ending: Ended | undefined;
  listen(run, scope, (given) => (ending = given));

  let finished: Finished | undefined;
  let cancelled: unknown;
  try {
    finished = await scope.run(async () => {
      const pinned = await run.probe(
        'Pin the plan',
        () => pinPlan(about),
        (plan) => plan.hash.slice(0, 12),
      );
      run.record.pin({ hash: pinned.hash, version: pinned.version, name: pinned.name });
      return procedure.body(run, input, pinned.plan);
    });
  } catch (error) {
    if (error instanceof Ended) ending = error;
    else if (isCancellation(error)) cancelled = ending ? undefined : error;
    // A failure of the world outside any step; inside one it would have held the run. The way back is owed all the same.
    else if (error instanceof TemporalFailure) ending = unexpected(error);
    else throw error;
  }
  run.leave(ending?.message ?? (cancelled ? 'it was cancelled' : 'all its steps are done'));

  return CancellationScope.nonCancellable(async () => {
    // Steps that ran beside the one that ended the run are cancelled, and have ended, before the way back begins.
    if (ending || cancelled) {
      scope.cancel();
      await run.settled();
      await run.undo.unwind(ending?.message ?? 'the run was cancelled');
    }
    await run.tidyUp();
    if (ending) for (const { code, message, next } of ending.refusals) run.record.problem({ code, message, next });
    const next = run.stays
      ? `What was done stays (${run.stays}). The steps after it were not done: read the report and do them by hand.`
      : ending && errorCodes[ending.code].next;
    if (ending && ending.refusals.length === 0) {
      run.record.problem({ code: ending.code, message: ending.message, ...(next ? { next } : {}) });
    }
    const verdict = verdictOf(run, finished);
    run.record.end(stateOf(finished, ending), verdict);
    const report = await writeReport(run, finished?.result ?? {});
    await condition(allHandlersFinished);
    if (ending) {
      throw ApplicationFailure.create({
        type: ending.code,
        message: ending.message,
        nonRetryable: true,
        details: [
          {
            state: ending.state,
            next,
            paths: report.paths,
            problems: report.view.problems,
          },
        ],
      });
    }
    if (cancelled) throw cancelled as Error;
    return report;
  });
}

/** What the procedure says of the run; in a drill it has other locks, so that it stands in nobody's way. */
function describeRun<S extends z.ZodType>({ describe }: Procedure<S>, input: z.output<S>) {
  // Every schema has the fields of `startedBy`; that of a run that nobody drills has no `drill`.
  const { planHash, drill = false } = input as { planHash?: string; drill?: true };
  const about = { ...describe(input), drill, ...(planHash === undefined ? {} : { planHash }) };
  if (!drill) return about;
  return {
    ...about,
    resource: drillLock(about.resource),
    lock: drillLock(about.lock),
    summary: `drill: ${about.summary}`,
  };
}

function unexpected(error: TemporalFailure): Ended {
  const { code, message } = problemOf(error);
  return new Ended('failed', code in errorCodes ? (code as DrCode) : 'DR-INTERNAL', message);
}

function stateOf(finished: Finished | undefined, ending: Ended | undefined): RunState {
  if (ending) return ending.state;
  return finished ? 'completed' : 'cancelled';
}

/** A run that verified its recovery keeps that verdict, even when a later step was aborted. */
function verdictOf(run: Run, finished: Finished | undefined): Verdict {
  if (finished && finished.verdict !== 'judge') return finished.verdict;
  return run.record.clock?.verdict ?? 'none';
}

/** The report is written however the run ended; where it cannot be, the run says so and keeps its result. */
async function writeReport(run: Run, result: Record<string, unknown>): Promise<Report> {
  const report: Report = { view: run.view(), result };
  try {
    const written = await control.writeReport({ report });
    return { ...report, paths: { json: written.json.path, html: written.html.path } };
  } catch (error) {
    if (isCancellation(error)) throw error;
    report.view.problems.push(problemOf(error));
    return report;
  }
}
