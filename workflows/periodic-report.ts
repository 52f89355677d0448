/**
 * What has become of the protection in a day, a week, a month, a quarter or a year: from finished runs, from what observers saw
 * and from the backups that are there. It changes nothing of the platform, asks nobody, and says what it does not know.
 */
import { patched, workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../plan';
import { controlQueue, notifyLock, reportLock } from './contracts/names';
import { lastPeriod, periodOf, trendOf, type Period, type ReportKind } from './contracts/period';
import {
  periodicReportInputSchema,
  type Finding,
  type PeriodicReport,
  type PeriodicReportInput,
} from './contracts/periodic';
import { messageOf, titleOf } from './contracts/periodic-words';
import { got, type Delivery } from './contracts/people';
import type { Report } from './contracts/run-view';
import { count } from './contracts/words';
import { openTasks, withTriggers } from './contracts/tasks';
import { describeEnd } from './kernel/child';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { control } from './report/control';
import { gather } from './report/gather';
import { findingsOf } from './report/judge';
import { endedIn, kpisOf, trendPoints } from './report/kpis';
import { marksOf, triggersOf } from './report/marks';
import { servedElsewhere, type Elsewhere } from './site/elsewhere';
import { planAt } from './site/view';

/**
 * The procedure `periodicReport`. @param input one JSON object: see `periodicReportInputSchema`
 * @returns the report of the run, with the report of the period as `result`; what did not answer is said in it and fails nothing
 */
export async function periodicReport(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'periodicReport',
      schema: periodicReportInputSchema,
      describe: ({ kind, period, reason, by }) => ({
        resource: reportLock(kind),
        lock: reportLock(kind),
        mode: 'report',
        summary: `${kind} report${period === undefined ? '' : ` of ${period}`}: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: PeriodicReportInput, plan: Plan): Promise<Finished> {
  const now = Date.now();
  const period = periodFor(run, input, now);
  run.phase('Gather');
  const [elsewhere] = patched('served-elsewhere') ? await servedElsewhere(run, plan) : [];
  const front = plan.sites.find((one) => one.name === elsewhere?.site);
  const facts = await run.probe(
    `Gather the facts of ${period.name}`,
    () => gather(plan, period, now, front ? planAt(plan, front) : plan),
    ({ runs, silent }) =>
      `${count(runs.runs.length)} runs of the trend${silent.length > 0 ? `; silent: ${silent.join('; ')}` : ''}`,
  );
  run.phase('Judge');
  const { runs: read, tasks: known, ...rest } = facts;
  const { runs, ...gathered } = read;
  const marks = marksOf(plan, run.view().plan?.hash ?? '');
  const inside = runs.filter((one) => endedIn(period, one));
  const of = (role: 'recovery' | 'rehearsal'): PeriodicReport['recoveries'] =>
    kpisOf(inside.filter((one) => one.role === role));
  const madeAt = new Date(now).toISOString();
  const triggers = triggersOf(marks, gathered.before?.marks, rest.compose, inside);
  const judged = {
    period,
    madeAt,
    recoveries: of('recovery'),
    rehearsals: of('rehearsal'),
    runs: inside,
    triggers,
    tasks: openTasks(withTriggers(known ?? [], triggers, reportLock(input.kind), madeAt)),
    facts: { ...rest, runs: gathered },
  };
  const report: PeriodicReport = {
    ...judged,
    title: titleFor(plan, input.kind),
    soFar: Date.parse(period.to) > now,
    tasksKnown: known !== undefined,
    plan: { name: plan.name, version: plan.version, hash: marks.planHash, organisation: plan.organisation },
    findings: [...(elsewhere ? [movedTo(elsewhere)] : []), ...findingsOf(judged)],
    trend: trendPoints(trendOf(period), runs),
    marks,
  };
  run.facts(
    'Findings',
    report.findings.map(({ tone, text }) => ({ label: tone, value: text })),
  );
  run.phase('Write');
  const files = await run.change('Write the report', () => control.writePeriodicReport({ report }), {
    outcome: (refs) => refs.map(({ path }) => path).join(', '),
  });
  run.evidence(...files);
  if (input.send) await send(run, input, report);
  return { verdict: 'none', result: { ...report } };
}

const movedTo = ({ site, because }: Elsewhere): Finding => ({
  tone: 'warn',
  text: `Site ${site} serves, and was looked at: ${because}.`,
});

/** The period that was asked for; one that has not begun has nothing to tell. */
function periodFor(run: Run, { kind, period: name }: PeriodicReportInput, now: number): Period {
  const period = (name === undefined ? undefined : periodOf(kind, name)) ?? lastPeriod(kind, now);
  if (Date.parse(period.from) <= now) return period;
  return run.refuse([
    {
      code: 'DR-INPUT',
      message: `period of the input is ${period.name}, which begins only ${period.from}`,
      next: 'Name a period that has begun, or none: then it is the newest that is over.',
    },
  ]);
}

const usual: Record<ReportKind, string> = {
  daily: 'Daily health report',
  weekly: 'Weekly backup report',
  monthly: 'Monthly recovery report',
  quarterly: 'Quarterly disaster recovery review',
  annual: 'Annual disaster recovery review',
};

/** As the plan calls it. */
function titleFor({ reporting }: Plan, kind: ReportKind): string {
  const cadence = kind === 'annual' ? 'annually' : kind;
  return reporting.find((one) => one.cadence === cadence)?.title ?? usual[kind];
}

/** The report stands before anybody is told, and stands whoever is reached. */
async function send(
  run: Run,
  { kind, reason, by, planHash }: PeriodicReportInput,
  report: PeriodicReport,
): Promise<void> {
  run.phase('Send');
  const incident = `report-${kind}-${report.period.name.toLowerCase()}`;
  // The same period may be reported again; each time it is a message of its own.
  const key = `report-${workflowInfo().firstExecutionRunId.slice(-8)}`;
  const { severity, facts } = messageOf(report);
  const end = await run.childResult('Send a summary by the channels of the plan', {
    procedure: 'notifyPeople',
    workflowId: notifyLock(incident, key),
    taskQueue: controlQueue,
    input: { incident, key, template: 'report', severity, facts, reason, by, ...(planHash ? { planHash } : {}) },
  });
  const deliveries = 'report' in end ? ((end.report.result['deliveries'] ?? []) as Delivery[]) : [];
  const configured = deliveries.filter(({ state }) => state !== 'not-configured');
  const says = 'report' in end ? configured.map(({ channel, state }) => `${channel} ${state}`) : [describeEnd(end)];
  run.facts('Sent', [{ label: titleOf(report), value: says.join(', ') || 'to nobody: no channel is configured' }]);
  if (says.length > 0 && !configured.some(got))
    run.problem({
      code: 'DR-CHANNEL',
      message: `no channel took the ${kind} report: ${says.join(', ')}`,
      next: 'Mend the channels of the plan. The report itself is written.',
    });
}
