import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  GatheredRuns,
  GatherRuns,
  PeriodicReport,
  RunCount,
  RunFact,
  RunRole,
} from '../../workflows/contracts/periodic';
import { kindOf } from '../../workflows/contracts/kinds';
import { notBegun, testStopped } from '../../workflows/contracts/past-runs';
import type { Report, RunView } from '../../workflows/contracts/run-view';
import { withHeartbeat } from '../shared/heartbeat';
import { drHome } from '../shared/paths';

/** Runs that are handed on one by one. More than that in one trend are not read by anybody. */
const most = 500;

/**
 * What a run counts as. A check and a copy for inspection recover nothing, and what a test has begun on its copy is part of that
 * test: it may be there to fail.
 */
export function roleOf({ procedure, mode, resource }: Pick<RunView, 'procedure' | 'mode' | 'resource'>): RunRole {
  const { role } = kindOf(procedure);
  const drill = resource.startsWith('drill.');
  if (role !== 'recovery') return drill ? 'other' : role;
  if (mode === 'check' || mode === 'copy') return 'other';
  return drill ? 'rehearsal' : 'recovery';
}

/** Of a report only what figures are made of. */
export function factOf(view: RunView): RunFact {
  const { workflowId, runId, procedure, resource, state, verdict, startedAt, endedAt, objectives, problems } = view;
  const clock = objectives && {
    tier: objectives.tier,
    rto: objectives.rto,
    rpo: objectives.rpo,
    human: objectives.human,
    declaredAt: objectives.declaredAt,
    ...(objectives.disasterAt === undefined ? {} : { disasterAt: objectives.disasterAt }),
    ...(objectives.verifiedAt === undefined ? {} : { verifiedAt: objectives.verifiedAt }),
    ...(objectives.achievedRto === undefined ? {} : { achievedRto: objectives.achievedRto }),
    ...(objectives.achievedRpo === undefined ? {} : { achievedRpo: objectives.achievedRpo }),
  };
  const [problem] = problems;
  return {
    ...{ workflowId, runId, procedure, resource, role: roleOf(view), state, verdict, startedAt },
    endedAt: endedAt ?? startedAt,
    ...(problem?.code === testStopped ? { stopped: true } : {}),
    ...clock,
    ...(problem ? { problem: `${problem.code}: ${problem.message}`.slice(0, 300) } : {}),
  };
}

/**
 * Reads the reports that runs have left on this machine. A report is as new as its file, so what was written before the trend
 * is not opened.
 */
export async function gatherRuns({ from, period }: GatherRuns): Promise<GatheredRuns> {
  return withHeartbeat('reading the reports of finished runs', async (beat, signal) => {
    const folder = join(drHome(), 'evidence');
    const names = (await readdir(folder).catch((): string[] => [])).sort();
    const gathered = new Gathered(from, period);
    let done = 0;
    for (const name of names) {
      signal.throwIfAborted();
      if ((done += 1) % 200 === 0) beat({ what: 'reading reports', text: `${done} of ${names.length} folders` });
      const path = join(folder, name, 'report.json');
      const written = await stat(path).catch(() => undefined);
      if (!written) continue;
      gathered.oldestFile(written.mtime.toISOString());
      if (written.mtimeMs < Date.parse(from)) continue;
      // Of what is no recovery only the count in the period is asked for.
      if (/^(backup|notify|status|oncall)\./.test(name) && written.mtimeMs < Date.parse(period.from)) continue;
      gathered.take(await readFile(path, 'utf8').catch(() => ''));
    }
    return gathered.result();
  });
}

/** What was read so far. */
class Gathered {
  private readonly runs: RunFact[] = [];
  private readonly counts = new Map<string, RunCount>();
  private unreadable = 0;
  private oldest: string | undefined;
  private before: GatheredRuns['before'];

  constructor(
    private readonly from: string,
    private readonly period: GatherRuns['period'],
  ) {}

  oldestFile(at: string): void {
    if (this.oldest === undefined || at < this.oldest) this.oldest = at;
  }

  take(text: string): void {
    const report = reportOf(text);
    if (!report) {
      this.unreadable += 1;
      return;
    }
    // It was not begun, so there is nothing to tell.
    if (notBegun({ ...report.view, code: report.view.problems[0]?.code })) return;
    const fact = factOf(report.view);
    if (report.view.procedure === 'periodicReport') this.remember(report);
    const at = Date.parse(fact.endedAt);
    if (at < Date.parse(this.from) || at >= Date.parse(this.period.to)) return;
    if (fact.role !== 'other' && fact.role !== 'backup') this.runs.push(fact);
    if (at < Date.parse(this.period.from)) return;
    const key = `${fact.procedure} ${fact.role}`;
    const line = this.counts.get(key) ?? { procedure: fact.procedure, role: fact.role, completed: 0, failed: 0 };
    line[fact.state === 'completed' ? 'completed' : 'failed'] += 1;
    this.counts.set(key, line);
  }

  private remember({ view, result }: Report): void {
    const { marks, madeAt } = result as Partial<PeriodicReport>;
    if (!marks || !madeAt || view.state !== 'completed') return;
    if (this.before === undefined || madeAt > this.before.madeAt)
      this.before = { workflowId: view.workflowId, madeAt, marks };
  }

  result(): GatheredRuns {
    const sorted = this.runs.sort((a, b) => a.endedAt.localeCompare(b.endedAt) || a.runId.localeCompare(b.runId));
    return {
      runs: sorted.slice(-most),
      counts: [...this.counts.values()].sort(
        (a, b) => a.role.localeCompare(b.role) || a.procedure.localeCompare(b.procedure),
      ),
      unreadable: this.unreadable,
      leftOut: Math.max(0, sorted.length - most),
      ...(this.oldest === undefined ? {} : { oldest: this.oldest }),
      ...(this.before ? { before: this.before } : {}),
    };
  }
}

function reportOf(text: string): Report | undefined {
  try {
    const report = JSON.parse(text) as Partial<Report>;
    return typeof report.view?.workflowId === 'string' && Array.isArray(report.view.problems)
      ? { view: report.view, result: report.result ?? {} }
      : undefined;
  } catch {
    return undefined;
  }
}
