import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import { drHome } from '../../activities/shared/paths';
import { reportLock } from '../../workflows/contracts/names';
import type { ReportKind } from '../../workflows/contracts/period';
import { periodicReportInputSchema, type PeriodicReport } from '../../workflows/contracts/periodic';
import { markdownOf } from '../../workflows/contracts/periodic-words';
import type { Report } from '../../workflows/contracts/run-view';
import { withControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { who } from '../lib/options';
import { saidStarted, startRun, type Start } from '../lib/start';
import { demandWorker } from '../lib/workers';
import { openPage } from './report';

type Options = Record<string, unknown>;

/** What the options come to as an input. @throws Fault naming every wrong value, before anything is started */
export function periodicStart(kind: ReportKind, options: Options): Start {
  const faults: string[] = [];
  const said = who({ ...options, reason: options['reason'] ?? 'asked for by hand' }, faults);
  const period = options['period'];
  const parsed = periodicReportInputSchema.safeParse({
    kind,
    send: options['send'] === true,
    ...said,
    ...(period === undefined ? {} : { period }),
  });
  if (!parsed.success)
    for (const { path, message } of parsed.error.issues)
      if (path[0] === 'period') faults.push(`--period is ${JSON.stringify(period)}: ${message}.`);
  if (options['runId'] !== undefined) faults.push('--run-id names a run that has ended: a new report has none yet.');
  if (faults.length > 0 || !parsed.success) throw inputFault(faults, 'report');
  const lock = reportLock(kind);
  return {
    procedure: 'periodicReport',
    workflowId: lock,
    resource: lock,
    summary: `report ${kind}${parsed.data.period === undefined ? '' : ` ${parsed.data.period}`}`,
    input: parsed.data,
  };
}

/** `dr report KIND`: makes the report, waits for it and prints it. */
export async function periodic(context: Context, kind: ReportKind, options: Options): Promise<number> {
  const start = periodicStart(kind, options);
  return withControlPlane(context, async (plane) => {
    await demandWorker(plane);
    const runId = await startRun(plane, start);
    saidStarted(context, start, runId);
    const report = await resultOf(() => plane.client.workflow.getHandle(start.workflowId, runId).result());
    const page = pageOf(report);
    if (options['html'] || options['open']) {
      if (page === undefined)
        throw new Fault(
          'input',
          `The page of ${start.workflowId} is not on this machine: ${report.view.evidence[0]?.path ?? 'it was not written'}.`,
          'Look below DR_HOME on the machine of the control worker.',
        );
      context.out(context.json ? toJson({ html: page }) : page);
      if (options['open']) openPage(context, page);
    } else {
      const found = report.result as unknown as PeriodicReport;
      context.out(context.json ? toJson(found) : markdownOf(found).trimEnd());
      if (page !== undefined) context.say(`HTML  ${page}`);
    }
    for (const { message } of report.view.problems) context.say(message);
    return exitCodes.ok.code;
  });
}

async function resultOf(act: () => Promise<unknown>): Promise<Report> {
  try {
    return (await act()) as Report;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new Fault('ended', `The report was not made: ${error.cause?.message ?? error.message}`);
  }
}

function pageOf({ view }: Report): string | undefined {
  const path = view.evidence[0]?.path;
  return path !== undefined && existsSync(join(drHome(), path)) ? join(drHome(), path) : undefined;
}
