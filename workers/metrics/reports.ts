/** How recoveries and tests went: read from their reports, which outlive the workers and what Temporal keeps of a run. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../../plan';
import { drHome } from '../../activities/shared/paths';
import { isTest, testProcedures } from '../../workflows/contracts/kinds';
import { notBegun, testStopped } from '../../workflows/contracts/past-runs';
import type { Report } from '../../workflows/contracts/run-view';
import { grouped, seconds, yesOrNo } from './runs';
import type { Sheet } from './sheet';

/** What counts of a report. */
export interface Outcome {
  procedure: string;
  drill: boolean;
  /** It came to its end by itself. */
  completed: boolean;
  endedAt: string;
  /** Of a run that verified a recovery; milliseconds. */
  recovery?: { verifiedAt: string; elapsed: number; machine: number; loss?: number };
  /** Of a readiness check that went through. */
  ready?: boolean;
  /** Of a test that was judged. */
  criteria?: { met: number; all: number };
}

/** Runs that recover or test something, or look whether all is ready, by the first word of their lock; backups and messages are far more, and say nothing here. */
const telling = /^((recover|test|drill)\.|check\.readiness)/;
/** Reports that are read at most, the newest first, and the largest that is. */
const most = 300;
const largestBytes = 20_000_000;

/** What was read once: a report that is written does not change any more. */
type Read = Map<string, { modified: number; outcome: Outcome | undefined }>;

/** Reads reports; one reader remembers what it has read. @throws when the folder of evidence cannot be read */
export function reportReader(folder = () => join(drHome(), 'evidence')): () => Promise<Outcome[]> {
  let read: Read = new Map();
  return async () => {
    const names = await readdir(folder()).catch((error: NodeJS.ErrnoException) => {
      // Nothing has ended yet.
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const found = await Promise.all(
      names.filter((name) => telling.test(name)).map((name) => lookAt(join(folder(), name, 'report.json'))),
    );
    const newest = found
      .filter((one) => one !== undefined)
      .sort((a, b) => b.modified - a.modified)
      .slice(0, most);
    const known: Read = new Map();
    for (const { path, modified } of newest) {
      const before = read.get(path);
      known.set(path, before?.modified === modified ? before : { modified, outcome: await outcomeIn(path) });
    }
    read = known;
    return [...known.values()].flatMap(({ outcome }) => outcome ?? []);
  };
}

/** undefined: there is no report yet, or one that is too large to be one of ours. */
async function lookAt(path: string): Promise<{ path: string; modified: number } | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && found.size <= largestBytes ? { path, modified: found.mtimeMs } : undefined;
}

/** A file that is none of ours, or was damaged, says nothing. */
async function outcomeIn(path: string): Promise<Outcome | undefined> {
  try {
    return outcomeOf(JSON.parse(await readFile(path, 'utf8')) as Report);
  } catch {
    return undefined;
  }
}

/** What counts of a report. Pure. */
export function outcomeOf({ view }: Report): Outcome | undefined {
  const { procedure, resource, state, endedAt, objectives, problems } = view;
  if (endedAt === undefined) return undefined;
  const code = problems[0]?.code;
  // It has tested nothing: as if it had not been.
  if (notBegun({ ...view, code }) || code === testStopped) return undefined;
  const criteria = view.facts.find((one) => one.title === 'Criteria')?.facts ?? [];
  const met = criteria.filter(({ value }) => value.startsWith('pass')).length;
  return {
    procedure,
    drill: resource.startsWith('drill.'),
    completed: state === 'completed',
    endedAt,
    ...(objectives?.verifiedAt === undefined || isTest(procedure)
      ? {}
      : {
          recovery: {
            verifiedAt: objectives.verifiedAt,
            elapsed: objectives.elapsed,
            machine: objectives.machine,
            ...(objectives.achievedRpo === undefined ? {} : { loss: objectives.achievedRpo }),
          },
        }),
    ...(procedure === 'readinessCheck' && state === 'completed' ? { ready: code !== 'DR-NOT-READY' } : {}),
    ...(isTest(procedure) && criteria.length > 0 ? { criteria: { met, all: criteria.length } } : {}),
  };
}

/** Puts what the reports say. Pure. @param plan names the tests that must have been: one that never was is told, too */
export function putReports(sheet: Sheet, outcomes: Outcome[], plan: Pick<Plan, 'schedules'> | undefined): void {
  const recoveries = outcomes.filter((one) => one.recovery !== undefined);
  for (const [labels, all] of grouped(recoveries, ({ procedure, drill }) => ({ procedure, drill: yesOrNo(drill) }))) {
    const { recovery } = newestOf(all) ?? {};
    if (!recovery) continue;
    sheet.put('dr_recovery_last_duration_seconds', labels, recovery.elapsed / 1000);
    sheet.put('dr_recovery_last_machine_seconds', labels, recovery.machine / 1000);
    sheet.put('dr_recovery_last_verified_timestamp_seconds', labels, seconds(recovery.verifiedAt));
    if (recovery.loss !== undefined) sheet.put('dr_recovery_last_data_loss_seconds', labels, recovery.loss / 1000);
  }
  const checked = newestOf(outcomes.filter((one) => one.ready !== undefined));
  if (checked) {
    sheet.put('dr_ready', {}, checked.ready ? 1 : 0);
    sheet.put('dr_readiness_checked_timestamp_seconds', {}, seconds(checked.endedAt));
  }
  for (const procedure of testProcedures) {
    // A test that another one has begun on its copy may be there to fail: it counts in that other one alone.
    const all = outcomes.filter((one) => one.procedure === procedure && !one.drill);
    const wanted = plan?.schedules.some((one) => one.enabled && one.procedure === procedure) ?? false;
    if (all.length === 0 && !wanted) continue;
    const last = newestOf(all);
    const passed = newestOf(all.filter((one) => one.completed));
    sheet.put('dr_test_last_ended_timestamp_seconds', { procedure }, last ? seconds(last.endedAt) : 0);
    sheet.put('dr_test_last_passed_timestamp_seconds', { procedure }, passed ? seconds(passed.endedAt) : 0);
    if (!last) continue;
    sheet.put('dr_test_last_passed', { procedure }, last.completed ? 1 : 0);
    if (last.criteria) sheet.put('dr_test_score_ratio', { procedure }, last.criteria.met / last.criteria.all);
  }
}

const newestOf = (all: Outcome[]): Outcome | undefined =>
  all.reduce<Outcome | undefined>((newest, one) => (newest && newest.endedAt >= one.endedAt ? newest : one), undefined);
