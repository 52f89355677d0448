/** What a reader must know first, worst first. Pure: the same facts, the same findings. */
import type { Finding, KnownTime, PeriodicReport, RunFact } from '../contracts/periodic';
import { isOverdue } from '../contracts/tasks';
import { count, duration, percent, procedureTitle, resourceTitle } from '../contracts/words';

type Judged = Pick<
  PeriodicReport,
  'period' | 'madeAt' | 'recoveries' | 'rehearsals' | 'runs' | 'triggers' | 'tasks' | 'facts'
>;

/** Share of the time that may be unknown before it is said; watchers are restarted now and then. */
const unknownShare = 0.01;

const plural = (amount: number, one: string, many = `${one}s`): string =>
  `${count(amount)} ${amount === 1 ? one : many}`;

/** What there is to say, worst first; at least one sentence. */
export function findingsOf(report: Judged): Finding[] {
  const found = [
    ...ofRecoveries(report),
    ...ofTests(report),
    ...ofAvailability(report),
    ...ofBackups(report),
    ...ofServer(report),
    ...ofHealth(report),
    ...(report.triggers.length > 0
      ? [warn(`The plan must be looked at for ${plural(report.triggers.length, 'reason')}.`)]
      : []),
    ...ofTasks(report),
    ...report.facts.silent.map((text) => warn(`Not known, because it did not answer: ${text}.`)),
  ];
  const order: Finding['tone'][] = ['bad', 'warn', 'good'];
  return found.sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
}

const good = (text: string): Finding => ({ tone: 'good', text });
const warn = (text: string): Finding => ({ tone: 'warn', text });
const bad = (text: string): Finding => ({ tone: 'bad', text });

function ofTasks({ tasks, madeAt }: Judged): Finding[] {
  const late = tasks.filter((one) => isOverdue(one, Date.parse(madeAt)));
  return [
    ...(late.length > 0
      ? [bad(`${plural(late.length, 'task')} overdue: ${late.map(({ key }) => key).join(', ')}.`)]
      : []),
    ...(tasks.length > late.length ? [warn(`${plural(tasks.length - late.length, 'task')} open.`)] : []),
  ];
}

function ofRecoveries({ recoveries, rehearsals }: Judged): Finding[] {
  const { ended, verified, unrecovered, missed, unproven, time } = recoveries;
  if (ended === 0)
    return [
      good(
        rehearsals.ended > 0
          ? `No recovery of what serves was run; ${plural(rehearsals.ended, 'rehearsal')} on a copy ended.`
          : 'No recovery was run.',
      ),
    ];
  return [
    ...(unrecovered > 0
      ? [bad(`${count(unrecovered)} of ${plural(ended, 'recovery', 'recoveries')} ended unverified.`)]
      : []),
    ...(missed > 0 ? [bad(`${count(missed)} of ${count(verified)} verified recoveries missed an objective.`)] : []),
    ...(unproven > 0
      ? [
          warn(
            `${count(unproven)} of ${count(verified)} verified recoveries were in time, but their loss could not be measured.`,
          ),
        ]
      : []),
    ...(time && missed + unproven === 0
      ? [
          good(
            `${plural(verified, 'recovery', 'recoveries')} verified within the objectives, ${duration(time.mean)} on average.`,
          ),
        ]
      : []),
  ];
}

function ofTests({ period, runs }: Judged): Finding[] {
  const all = runs.filter(({ role }) => role === 'test');
  const stopped = all.filter((one) => one.stopped);
  const tests = all.filter((one) => !one.stopped);
  const failed = tests.filter(({ state }) => state !== 'completed');
  const missed = tests.filter(({ state, verdict }) => state === 'completed' && verdict === 'missed');
  const last = failed.at(-1);
  const named = (one: RunFact): string => `${procedureTitle(one.procedure)} of ${resourceTitle(one.resource)}`;
  return [
    ...(last
      ? [bad(`${plural(failed.length, 'test')} of ${count(tests.length)} did not pass; last the ${named(last)}.`)]
      : []),
    ...stopped
      .slice(-1)
      .map((one) =>
        warn(`${plural(stopped.length, 'test')} stopped, because what serves comes first; last the ${named(one)}.`),
      ),
    ...(missed.length > 0 ? [warn(`${plural(missed.length, 'test')} passed, but not in time.`)] : []),
    ...(tests.length > 0 && failed.length === 0 ? [good(`${plural(tests.length, 'test')} passed.`)] : []),
    ...(tests.length === 0 && period.kind !== 'daily' && period.kind !== 'weekly'
      ? [warn('No recovery test ended: nothing was proven.')]
      : []),
  ];
}

/** The last period of a trend is the one the report is about. */
export const latest = (known: KnownTime[]): KnownTime | undefined => known.at(-1);

function ofAvailability({ facts: { availability } }: Judged): Finding[] {
  return availability.flatMap(({ database, known }) => {
    const now = latest(known);
    if (!now) return [];
    const { upMs, downMs, unknownMs } = now;
    const whole = upMs + downMs + unknownMs;
    const share = percent(upMs, upMs + downMs);
    return [
      ...(downMs > 0 ? [warn(`Database ${database} took no writes for ${duration(downMs)}.`)] : []),
      ...(upMs + downMs === 0
        ? [warn(`Whether database ${database} took writes is not known: nobody watched it.`)]
        : unknownMs > whole * unknownShare
          ? [warn(`Database ${database} was not watched for ${duration(unknownMs)} of ${duration(whole)}.`)]
          : []),
      ...(downMs === 0 && upMs > 0
        ? [good(`Database ${database} took writes in ${share} of the time that is known.`)]
        : []),
    ];
  });
}

function ofBackups({ period, facts: { backups, runs } }: Judged): Finding[] {
  const failed = runs.counts.filter(({ role }) => role === 'backup').reduce((sum, one) => sum + one.failed, 0);
  const without = backups.filter(({ newest }) => newest === undefined);
  const stale = backups.filter(({ newest }) => newest !== undefined && Date.parse(newest) < Date.parse(period.from));
  const faulty = backups.filter(({ faults }) => faults.length > 0);
  const list = (some: typeof backups): string => some.map(({ what }) => what).join(', ');
  return [
    ...(without.length > 0 ? [bad(`There is no backup of ${list(without)}.`)] : []),
    ...(failed > 0 ? [bad(`${plural(failed, 'backup')} failed.`)] : []),
    ...(faulty.length > 0 ? [bad(`Backups with faults: ${list(faulty)}.`)] : []),
    ...(stale.length > 0 ? [bad(`The newest backup is older than ${period.name}: ${list(stale)}.`)] : []),
    ...(backups.length > 0 && without.length + failed + faulty.length + stale.length === 0
      ? [good(`There are backups of ${list(backups)}.`)]
      : []),
  ];
}

function ofServer({ facts: { server } }: Judged): Finding[] {
  if (!server) return [];
  const failed = server.schedules.filter((one) => one.failed > 0);
  const paused = server.schedules.filter((one) => one.paused);
  return [
    ...(server.waiting.length > 0
      ? [
          warn(
            `${plural(server.waiting.length, 'run')} waits for a person: ${server.waiting.map(({ workflowId }) => workflowId).join(', ')}.`,
          ),
        ]
      : []),
    ...(server.unreported.length > 0 ? [warn(`Ended without a report: ${server.unreported.join(', ')}.`)] : []),
    ...(failed.length > 0 ? [bad(`Schedules with failed runs: ${failed.map(({ name }) => name).join(', ')}.`)] : []),
    ...(paused.length > 0 ? [warn(`Paused schedules: ${paused.map(({ name }) => name).join(', ')}.`)] : []),
  ];
}

function ofHealth({ facts: { health } }: Judged): Finding[] {
  if (!health) return [];
  const unwell = [
    ...health.services.filter(({ healthy }) => !healthy).map(({ service }) => service),
    ...health.databases.filter(({ clients }) => !clients.healthy).map(({ name }) => `database ${name}`),
    ...health.stores.filter(({ healthy }) => !healthy).map(({ name }) => `store ${name}`),
    ...(health.gateway.page.healthy ? [] : ['the page of the gateway']),
  ];
  const damaged = health.databases.filter(
    ({ damage }) => damage.logged.length > 0 || (damage.checksumFailures ?? 0) > 0,
  );
  return [
    ...(unwell.length > 0 ? [bad(`Not well when it was looked at: ${unwell.join(', ')}.`)] : []),
    ...(damaged.length > 0 ? [bad(`Signs of damage in database ${damaged.map(({ name }) => name).join(', ')}.`)] : []),
    ...(health.configuration.certificate === undefined
      ? []
      : [bad(`Certificate: ${health.configuration.certificate}.`)]),
    ...(unwell.length + damaged.length === 0
      ? [good(`${plural(health.services.length, 'service')} well, and a page came through the gateway.`)]
      : []),
  ];
}
