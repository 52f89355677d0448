import { ApplicationFailure } from '@temporalio/common';
import * as evidence from '../../activities/evidence';
import type {
  Availability,
  ComposeFacts,
  GatheredRuns,
  GatherRuns,
  KeptBackups,
  PeriodicReport,
  ReadAvailability,
  RunFact,
  ServerFacts,
} from '../../workflows/contracts/periodic';
import type { TaskFact } from '../../workflows/contracts/tasks';

type Control = Pick<
  typeof evidence,
  'gatherRuns' | 'askServer' | 'compareCompose' | 'readTasks' | 'writePeriodicReport'
>;

/** What a report of a period is made of, as a test plants it: nothing has run, nobody has watched. */
export class FakePeriodic {
  runs: Partial<GatheredRuns> = {};
  server: ServerFacts = { schedules: [], waiting: [], unreported: [] };
  compose: ComposeFacts = { differences: [], more: 0, notes: [] };
  kept: KeptBackups = { what: 'database shandi', kept: 0, taken: 0, bytes: 0, faults: [] };
  tasks: TaskFact[] = [];
  /** Part of each period in which the database took writes, and did not; the rest is not known. */
  up = 0;
  down = 0;
  /** The real activities instead, but for the comparison, which needs Docker. */
  real = false;
  /** Activities that do not answer. */
  readonly silent = new Set<keyof Control>();
  /** What was asked for, and what was written, in order. */
  readonly asked: GatherRuns[] = [];
  readonly written: PeriodicReport[] = [];

  available({ database, periods }: ReadAvailability): Availability {
    const known = periods.map(({ name, from, to }) => {
      const whole = Date.parse(to) - Date.parse(from);
      const [upMs, downMs] = [whole * this.up, whole * this.down];
      return { period: name, upMs, downMs, unknownMs: whole - upMs - downMs };
    });
    return { database: database.name, known, down: [], observers: this.up > 0 ? ['primary'] : [] };
  }

  activities(): Control {
    const answer = <T>(name: keyof Control, value: () => T): Promise<T> => {
      if (this.silent.has(name)) throw ApplicationFailure.nonRetryable(`${name} is silent`, 'DR-TOOL');
      return Promise.resolve(value());
    };
    const { gatherRuns, askServer, readTasks, writePeriodicReport } = evidence;
    const compareCompose = async (): Promise<ComposeFacts> => answer('compareCompose', () => this.compose);
    if (this.real) return { gatherRuns, askServer, readTasks, writePeriodicReport, compareCompose };
    return {
      gatherRuns: async (given) =>
        answer('gatherRuns', () => {
          this.asked.push(given);
          return { runs: [], counts: [], unreadable: 0, leftOut: 0, ...this.runs };
        }),
      askServer: async () => answer('askServer', () => this.server),
      readTasks: async () => answer('readTasks', () => this.tasks),
      compareCompose,
      writePeriodicReport: async ({ report }) =>
        answer('writePeriodicReport', () => {
          this.written.push(report);
          return [{ title: 'Report of the period as a page', path: 'evidence/x.html', sha256: '0' }];
        }),
    };
  }
}

/** A recovery that was verified in 10 minutes, 2 of them waiting for a person, with a loss of 30 s. */
export const recovered = (endedAt: string, more: Partial<RunFact> = {}): RunFact => ({
  workflowId: 'recover.database.shandi',
  runId: `run-${endedAt}`,
  procedure: 'databaseFailover',
  resource: 'database.shandi',
  role: 'recovery',
  state: 'completed',
  verdict: 'met',
  startedAt: new Date(Date.parse(endedAt) - 600_000).toISOString(),
  endedAt,
  tier: 'P1',
  rto: 900_000,
  rpo: 300_000,
  achievedRto: 600_000,
  achievedRpo: 30_000,
  human: 120_000,
  declaredAt: new Date(Date.parse(endedAt) - 600_000).toISOString(),
  verifiedAt: endedAt,
  ...more,
});

/** An open task, out of the review of an incident. */
export const lesson: TaskFact = {
  key: '2026-11-22-orders-1',
  kind: 'lesson',
  what: 'alert at 80 % of the connections',
  owner: 'DevOps Team',
  due: '2026-12-15',
  from: 'incident.2026-11-22-orders',
  openedAt: '2026-11-23T09:00:00.000Z',
};
