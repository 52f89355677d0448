/** What the control worker tells: runs, gates, how recoveries and tests went, and what the plan demands. */
import type { Client } from '@temporalio/client';
import { pinPlan } from '../../activities/evidence/pin-plan';
import type { Collector } from './endpoint';
import { askGates, putGates } from './gates';
import { putObjectives } from './objectives';
import { putReports, reportReader } from './reports';
import { listRuns, putRuns } from './runs';
import { Source, type SourceOptions } from './source';

/** How long an answer is good for, milliseconds. */
const keep = { runs: 5_000, gates: 5_000, reports: 30_000, plan: 10_000 };
const temporalMs = 3_000;
const planMs = 1_500;

/** @param client of the server whose runs are told */
export function controlCollectors(client: Client, onChange?: SourceOptions['onChange']): Collector[] {
  const told = onChange ? { onChange } : {};
  const plan = planSource(told);
  const runs = new Source({ source: 'runs', target: 'temporal', keepMs: keep.runs, limitMs: temporalMs, ...told }, () =>
    client.withDeadline(Date.now() + temporalMs, () => listRuns(client)),
  );
  const gates = new Source(
    { source: 'gates', target: 'temporal', keepMs: keep.gates, limitMs: 6_000, ...told },
    async () => {
      const listed = await runs.ask();
      if (!listed) throw new Error('the runs are not known');
      return askGates(client, listed.open);
    },
  );
  const reports = new Source({ source: 'reports', target: 'evidence', keepMs: keep.reports, ...told }, reportReader());
  return [
    (sheet) => runs.report(sheet, (facts) => putRuns(sheet, facts)),
    (sheet) => gates.report(sheet, (facts) => putGates(sheet, facts)),
    (sheet) => plan.report(sheet, (known) => putObjectives(sheet, known)),
    async (sheet) => {
      const known = await plan.ask();
      await reports.report(sheet, (outcomes) => putReports(sheet, outcomes, known));
    },
  ];
}

/** The plan as it is now. */
export const planSource = (told: Pick<SourceOptions, 'onChange'>) =>
  new Source(
    { source: 'plan', target: 'plan', keepMs: keep.plan, limitMs: planMs, ...told },
    async () => (await pinPlan({})).plan,
  );
