/** A report of a period in words: the one wording that its page, its Markdown and the message about it share. Pure. */
import { reportLock } from './names';
import type { Fact } from './run-view';
import type { Availability, KeptBackups, PeriodicReport, RecoveryKpis, RunFact, Spread } from './periodic';
import { isOverdue, type TaskFact } from './tasks';
import { bytes, count, duration, moment, percent, procedureTitle, resourceTitle, stateWords } from './words';

/** A part of the report; each of its pieces may be absent. */
export interface ReportSection {
  id: string;
  title: string;
  text?: string[];
  facts?: Fact[];
  tables?: { title: string; columns: string[]; rows: string[][] }[];
}

/** `November 2026` would depend on a language; the name of the period does not. */
export const titleOf = ({ title, period, soFar }: PeriodicReport): string =>
  `${title}, ${period.name}${soFar ? ' so far' : ''}`;

const spread = (of: Spread | undefined): string =>
  of
    ? `mean ${duration(of.mean)}, median ${duration(of.median)}, worst ${duration(of.worst)} (${count(of.count)} measured)`
    : 'not measured';

function kpiFacts(kpis: RecoveryKpis): Fact[] {
  const judged = kpis.met + kpis.missed + kpis.unproven;
  return [
    { label: 'Ended', value: `${count(kpis.ended)}, ${count(kpis.verified)} of them verified` },
    ...(kpis.refused > 0 ? [{ label: 'Refused before anything was changed', value: count(kpis.refused) }] : []),
    { label: 'Time to recovery (MTTR, against RTO)', value: spread(kpis.time) },
    { label: 'of it work', value: spread(kpis.machine) },
    { label: 'of it waiting for people', value: spread(kpis.human) },
    {
      label: 'Loss (against RPO)',
      value: `${spread(kpis.loss)}${kpis.lossUnknown > 0 ? `; of ${count(kpis.lossUnknown)} it could not be measured` : ''}`,
    },
    {
      label: 'Objectives',
      value:
        judged === 0
          ? 'nothing was judged'
          : `${percent(kpis.met, judged)} met: ${count(kpis.met)} met, ${count(kpis.missed)} missed, ${count(kpis.unproven)} in time with the loss not proven`,
    },
  ];
}

const orDash = (ms: number | undefined): string => (ms === undefined ? '–' : duration(ms));

function howOf({ state, verdict, stopped }: RunFact): string {
  if (stopped) return 'stopped: what serves comes first';
  return verdict === 'none' ? stateWords[state] : `${stateWords[state]}, ${verdict}`;
}

const rowOf = (run: RunFact): string[] => [
  moment(run.endedAt).slice(0, 16),
  `${procedureTitle(run.procedure)} of ${resourceTitle(run.resource)}`,
  howOf(run),
  run.rto === undefined ? orDash(run.achievedRto) : `${orDash(run.achievedRto)} of ${duration(run.rto)}`,
  run.achievedRto === undefined ? '–' : orDash(run.human),
  run.rpo === undefined ? orDash(run.achievedRpo) : `${orDash(run.achievedRpo)} of ${duration(run.rpo)}`,
];
const runColumns = ['Ended, UTC', 'Run', 'How', 'RTO', 'of it waiting', 'RPO'];

const tableOf = (title: string, runs: RunFact[]): NonNullable<ReportSection['tables']> =>
  runs.length > 0 ? [{ title, columns: runColumns, rows: runs.map(rowOf) }] : [];

function recoveriesSection({ recoveries, rehearsals, runs }: PeriodicReport): ReportSection {
  const of = (role: RunFact['role']): RunFact[] => runs.filter((one) => one.role === role);
  return {
    id: 'recoveries',
    title: 'Recoveries',
    ...(recoveries.ended === 0
      ? { text: ['No recovery of what serves ended in this period. There is nothing to be measured.'] }
      : { facts: kpiFacts(recoveries) }),
    tables: [
      ...tableOf('Recoveries of what serves', of('recovery')),
      ...tableOf('Incidents', of('incident')),
      ...(rehearsals.ended > 0
        ? [
            {
              title: 'Rehearsed on a copy: key figures',
              columns: ['Key figure', 'Value'],
              rows: kpiFacts(rehearsals).map(({ label, value }) => [label, value]),
            },
          ]
        : []),
      ...tableOf('Rehearsals', of('rehearsal')),
    ],
  };
}

function testsSection({ runs, period }: PeriodicReport): ReportSection | undefined {
  const tests = runs.filter(({ role }) => role === 'test');
  if (tests.length === 0)
    return period.kind === 'daily'
      ? undefined
      : { id: 'tests', title: 'Tests', text: ['No recovery test ended in this period: nothing was proven.'] };
  const failed = tests.filter(({ state }) => state !== 'completed');
  return {
    id: 'tests',
    title: 'Tests',
    tables: [
      ...tableOf('Tests of the plan', tests),
      ...(failed.length > 0
        ? [
            {
              title: 'Why they did not pass',
              columns: ['Run', 'Why'],
              rows: failed.map((one) => [`${one.workflowId} ${one.runId}`, one.problem ?? stateWords[one.state]]),
            },
          ]
        : []),
    ],
  };
}

function availabilityRow({ database, known, observers }: Availability): string[] {
  const { upMs = 0, downMs = 0, unknownMs = 0 } = known.at(-1) ?? {};
  const whole = upMs + downMs + unknownMs;
  return [
    database,
    upMs === 0 ? 'not known' : percent(upMs, upMs + downMs),
    percent(upMs + downMs, whole),
    duration(downMs),
    duration(unknownMs),
    // What is not known may have been all up, or all down.
    unknownMs === 0 ? percent(upMs, whole) : `${percent(upMs, whole)} to ${percent(upMs + unknownMs, whole)}`,
    observers.join(', ') || 'none',
  ];
}

function availabilitySection({ facts: { availability } }: PeriodicReport): ReportSection | undefined {
  if (availability.length === 0) return undefined;
  const down = availability.flatMap(({ database, down: all }) =>
    all.map(({ from, to }) => [database, moment(from), moment(to), duration(Date.parse(to) - Date.parse(from))]),
  );
  return {
    id: 'availability',
    title: 'Availability',
    text: [
      'Whether the database took writes, as its guard saw it, and for how long a failover or restart has measured that it did not. Time in which nobody watched is not known, and counts for neither.',
    ],
    tables: [
      {
        title: 'Availability of databases',
        columns: [
          'Database',
          'Available, of what is known',
          'Known',
          'Down',
          'Not known',
          'Of the whole period',
          'Seen by',
        ],
        rows: availability.map(availabilityRow),
      },
      ...(down.length > 0
        ? [
            {
              title: 'When no writes were taken, longest first',
              columns: ['Database', 'From', 'To', 'For'],
              rows: down,
            },
          ]
        : []),
    ],
  };
}

/** Only the newest files of a kind are looked at. */
const atLeast = ({ atLeast: more }: KeptBackups, value: number): string =>
  more && value > 0 ? `${count(value)} or more` : count(value);

function backupsSection({ facts: { backups, runs }, madeAt }: PeriodicReport): ReportSection | undefined {
  const counts = runs.counts.filter(({ role }) => role === 'backup');
  if (backups.length === 0 && counts.length === 0) return undefined;
  const faults = backups.flatMap(({ what, faults: all }) => all.map((one) => [what, one]));
  return {
    id: 'backups',
    title: 'Backups',
    tables: [
      ...(backups.length > 0
        ? [
            {
              title: 'What is kept, as it was read when this report was made',
              columns: ['Of', 'Newest', 'Age', 'Taken in the period', 'Kept', 'Size'],
              rows: backups.map((one) => [
                one.what,
                one.newestIs ?? 'none',
                one.newest === undefined ? '–' : duration(Date.parse(madeAt) - Date.parse(one.newest)),
                atLeast(one, one.taken),
                atLeast(one, one.kept),
                bytes(one.bytes),
              ]),
            },
          ]
        : []),
      ...(counts.length > 0
        ? [
            {
              title: 'Runs that ended in the period',
              columns: ['Run', 'Completed', 'Failed'],
              rows: counts.map((one) => [one.procedure, count(one.completed), count(one.failed)]),
            },
          ]
        : []),
      ...(faults.length > 0 ? [{ title: 'Faults', columns: ['Of', 'What is wrong'], rows: faults }] : []),
    ],
  };
}

function schedulesSection({ facts: { server } }: PeriodicReport): ReportSection | undefined {
  if (!server) return undefined;
  const { schedules, waiting, keepsMs } = server;
  if (schedules.length === 0 && waiting.length === 0)
    return {
      id: 'schedules',
      title: 'By the clock',
      text: ['The server has no schedule of the plan: ./dr schedule apply.'],
    };
  return {
    id: 'schedules',
    title: 'By the clock',
    ...(keepsMs === undefined
      ? {}
      : { text: [`Runs are counted as far as the Temporal server keeps them: ${duration(keepsMs)} after their end.`] }),
    tables: [
      {
        title: 'Schedules',
        columns: [
          'Schedule',
          'Completed',
          'Failed',
          'Skipped, since it was made',
          'Missed, since it was made',
          'State',
        ],
        rows: schedules.map((one) => [
          one.name,
          count(one.completed),
          count(one.failed),
          count(one.skippedOverlap),
          count(one.missed),
          one.paused ? 'paused' : 'active',
        ]),
      },
      ...(waiting.length > 0
        ? [
            {
              title: 'Runs that wait for a person now',
              columns: ['Run', 'State', 'Began'],
              rows: waiting.map(({ workflowId, state, since }) => [workflowId, state, moment(since)]),
            },
          ]
        : []),
    ],
  };
}

function healthSection({ facts: { health } }: PeriodicReport): ReportSection | undefined {
  if (!health) return undefined;
  const word = (healthy: boolean): string => (healthy ? 'well' : 'NOT WELL');
  return {
    id: 'health',
    title: 'Health',
    text: [`As it was seen when this report was made, ${moment(health.at)}, in ${duration(health.tookMs)}.`],
    tables: [
      {
        title: 'Services, databases and stores',
        columns: ['What', 'Tier', 'How', 'It says'],
        rows: [
          ...health.services.map((one) => [one.service, one.tier, word(one.healthy), one.says]),
          ...health.databases.map((one) => [
            `database ${one.name}`,
            one.tier,
            word(one.clients.healthy),
            one.clients.says,
          ]),
          ...health.stores.map((one) => [`store ${one.name}`, one.tier, word(one.healthy), one.says]),
          [`gateway ${health.gateway.service}`, '', word(health.gateway.page.healthy), health.gateway.page.says],
        ],
      },
    ],
  };
}

const triggerWords = {
  service: 'services',
  contact: 'contacts',
  infrastructure: 'infrastructure',
  test: 'a failed test',
  compose: 'the Compose file',
} as const;

function planSection({ triggers, facts, plan }: PeriodicReport): ReportSection {
  const { before } = facts.runs;
  const since = before
    ? `Compared with the report ${before.workflowId} of ${moment(before.madeAt)}.`
    : 'There is no earlier report to compare the plan with.';
  return {
    id: 'plan',
    title: 'The plan',
    facts: [{ label: 'Plan', value: `${plan.name} ${plan.version}, ${plan.hash.slice(0, 12)}` }],
    text: [
      since,
      ...(facts.compose ? [] : ['The plan was not compared with the Compose files.']),
      ...(triggers.length === 0 ? ['Nothing that was looked at says that the plan must be looked at.'] : []),
      ...(facts.compose?.notes ?? []),
    ],
    ...(triggers.length > 0
      ? {
          tables: [
            {
              title: 'The plan must be looked at because',
              columns: ['About', 'Why'],
              rows: triggers.map(({ kind, because }) => [triggerWords[kind], because]),
            },
          ],
        }
      : {}),
  };
}

const unread = 'The tasks of earlier runs could not be read.';

function tasksSection({ tasks, tasksKnown, madeAt }: PeriodicReport): ReportSection {
  const late = (one: TaskFact): string => (isOverdue(one, Date.parse(madeAt)) ? ' (overdue)' : '');
  return {
    id: 'tasks',
    title: 'Open tasks',
    ...(tasks.length === 0
      ? { text: [tasksKnown ? 'No task is open.' : unread] }
      : {
          text: [...(tasksKnown ? [] : [unread]), 'One is closed by ./dr close-task TASK --reason "WHAT WAS DONE".'],
          tables: [
            {
              title: 'Lessons of reviews, and reasons to look at the plan',
              columns: ['Task', 'What', 'Owner', 'Due', 'From'],
              rows: tasks.map((one) => [
                one.key,
                one.what,
                one.owner ?? 'nobody yet',
                one.due === undefined ? '–' : `${one.due}${late(one)}`,
                `${one.from}, ${one.openedAt.slice(0, 10)}`,
              ]),
            },
          ],
        }),
  };
}

function trendSection({ trend, facts: { availability } }: PeriodicReport): ReportSection {
  return {
    id: 'trend',
    title: 'Trend',
    tables: [
      {
        title: 'Period by period',
        columns: [
          'Period',
          'Recoveries',
          'MTTR',
          'Worst',
          'Objectives met',
          'Rehearsals',
          'Their MTTR',
          ...availability.map(({ database }) => `Available: ${database}`),
        ],
        rows: trend.map(({ period, recoveries, rehearsals }, index) => [
          period,
          count(recoveries.ended),
          orDash(recoveries.time?.mean),
          orDash(recoveries.time?.worst),
          recoveries.verified === 0 ? '–' : percent(recoveries.met, recoveries.verified),
          count(rehearsals.ended),
          orDash(rehearsals.time?.mean),
          ...availability.map(({ known }) => {
            const { upMs = 0, downMs = 0 } = known[index] ?? {};
            return upMs === 0 ? 'not known' : percent(upMs, upMs + downMs);
          }),
        ]),
      },
    ],
  };
}

function sourcesSection({ facts: { runs, silent, server } }: PeriodicReport): ReportSection {
  return {
    id: 'sources',
    title: 'What this is made of',
    text: [
      runs.oldest === undefined
        ? 'No report of a run lies on the machine of the control worker.'
        : `Reports of finished runs on the machine of the control worker; the oldest that is there is of ${moment(runs.oldest)}. What ended before is not in the trend.`,
      ...(runs.unreadable > 0 ? [`${count(runs.unreadable)} files there are no reports.`] : []),
      ...(runs.leftOut > 0 ? [`${count(runs.leftOut)} older runs of the trend were left out.`] : []),
      ...(server?.unreported.length ? [`Ended without a report: ${server.unreported.join(', ')}.`] : []),
      ...silent.map((one) => `Did not answer: ${one}.`),
    ],
  };
}

/** The parts of a report, in order. A daily one begins with the health, a weekly one with the backups, the others with the trend. */
export function sectionsOf(report: PeriodicReport): ReportSection[] {
  const first = {
    daily: 'health',
    weekly: 'backups',
    monthly: 'trend',
    quarterly: 'trend',
    annual: 'trend',
  };
  const all = [
    recoveriesSection(report),
    testsSection(report),
    availabilitySection(report),
    trendSection(report),
    healthSection(report),
    backupsSection(report),
    schedulesSection(report),
    planSection(report),
    tasksSection(report),
    sourcesSection(report),
  ].filter((one) => one !== undefined);
  const head = all.filter(({ id }) => id === first[report.period.kind]);
  return [...head, ...all.filter((one) => !head.includes(one))];
}

const signs = { good: '✓', warn: '!', bad: '✗' } as const;

/** A cell of a Markdown table; what was quoted from elsewhere must not end it. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\|]/g, '\\$&').trim() || ' ';

/** The report as Markdown (GitHub's tables). */
export function markdownOf(report: PeriodicReport): string {
  const { period, plan, madeAt, findings } = report;
  const lines = [
    `# ${titleOf(report)}`,
    '',
    `${plan.organisation}. ${moment(period.from)} to ${moment(period.to)}, made ${moment(madeAt)} under plan "${plan.name}" ${plan.version}.`,
    '',
    ...findings.map(({ tone, text }) => `- ${signs[tone]} ${text}`),
  ];
  for (const { title, text = [], facts = [], tables = [] } of sectionsOf(report)) {
    lines.push('', `## ${title}`);
    for (const one of text) lines.push('', one);
    if (facts.length > 0) lines.push('', ...facts.map(({ label, value }) => `- ${label}: ${value}`));
    for (const { title: caption, columns, rows } of tables)
      lines.push(
        '',
        `**${caption}**`,
        '',
        `| ${columns.map(cell).join(' | ')} |`,
        `| ${columns.map(() => '---').join(' | ')} |`,
        ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
      );
  }
  return `${lines.join('\n')}\n`;
}

/** What a message about the report says. */
export function messageOf(report: PeriodicReport): { severity: 'info' | 'minor'; facts: Record<string, string> } {
  const { findings, recoveries, plan, facts } = report;
  const worst = findings.filter(({ tone }) => tone !== 'good');
  const available = facts.availability.map(
    (one) => `${one.database} ${availabilityRow(one).slice(1, 3).join(' of known ')}`,
  );
  const said = (some: typeof findings): string => some.map(({ text }) => text).join(' ');
  return {
    severity: findings.some(({ tone }) => tone === 'bad') ? 'minor' : 'info',
    facts: {
      summary: cut(`${titleOf(report)}: ${said(worst) || said(findings)}`),
      Recoveries: cut(`${count(recoveries.ended)} ended, time to recovery ${spread(recoveries.time)}`),
      ...(available.length > 0 ? { Availability: cut(available.join('; ')) } : {}),
      Plan: cut(`${plan.version}, ${plan.hash.slice(0, 12)}`),
      Page: `./dr report ${reportLock(report.period.kind)} --html`,
    },
  };
}

const cut = (text: string): string => (text.length > 900 ? `${text.slice(0, 899)}…` : text);
