/** A report of a period as one self-contained page: what must be known first, trends as charts, then the facts. */
import type { Finding, PeriodicReport } from '../../../workflows/contracts/periodic';
import { sectionsOf, titleOf, type ReportSection } from '../../../workflows/contracts/periodic-words';
import { count, duration, moment, percent } from '../../../workflows/contracts/words';
import { html, trusted, type Markup } from '../../shared/html/html';
import { css } from './css';
import { patterns } from './page';
import { factList, section, table } from './parts';
import { trendFigure, type TrendChart } from './trend-chart';

const signs: Record<Finding['tone'], string> = { good: '✓', warn: '!', bad: '✗' };
const says: Record<Finding['tone'], string> = { good: 'good', warn: 'look at it', bad: 'needs work' };

function top(report: PeriodicReport): Markup {
  const { period, madeAt, plan, findings } = report;
  const meta: [string, string][] = [
    ['From', moment(period.from)],
    ['To', moment(period.to)],
    ['Made', moment(madeAt)],
    ['Plan', `${plan.name} ${plan.version}, ${plan.hash.slice(0, 12)}`],
  ];
  return html`<header>
    <p class="eyebrow">${plan.organisation} · ${period.kind} report</p>
    <h1>${titleOf(report)}</h1>
    <ul class="findings">
      ${findings.map(
        ({ tone, text }) =>
          html`<li>
            <span class="badge ${tone}"><span aria-hidden="true">${signs[tone]} </span>${says[tone]}</span> ${text}
          </li> `,
      )}
    </ul>
    <dl class="meta">
      ${meta.map(
        ([label, value]) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div> `,
      )}
    </dl>
  </header>`;
}

const judgedIn = ({ recoveries: a, rehearsals: b }: PeriodicReport['trend'][number]): number =>
  a.met + b.met + a.missed + b.missed + a.unproven + b.unproven;

/** Recovery time, objectives and availability over the periods of the trend. */
export function chartsOf({ trend, facts }: PeriodicReport): TrendChart[] {
  const named = (label: string): string => label.replace(/^\d{4}-(?=W|Q)/, '');
  const recoveryTime: TrendChart = {
    id: 'mttr',
    title: 'Mean time to recovery',
    description: `Mean time from declaration to verification per period: ${trend.map(({ period, recoveries: { time } }) => `${period} ${time ? duration(time.mean) : 'none'}`).join(', ')}.`,
    columns: trend.map(({ period, recoveries: { time, human, machine } }) => ({
      label: named(period),
      parts: time && [
        { value: machine?.mean ?? 0, fill: 'var(--machine)' },
        { value: human?.mean ?? 0, fill: 'url(#human)' },
      ],
      says: time ? `mean ${duration(time.mean)}, worst ${duration(time.worst)}` : 'no recovery was verified',
    })),
    axis: (value) => (value === 0 ? '0' : duration(value)),
    legend: [
      { fill: 'var(--machine)', name: 'work' },
      { fill: 'url(#human)', name: 'waiting for people' },
    ],
    note: 'Recoveries of what serves, without rehearsals. A dash: none was verified.',
  };
  const objectives: TrendChart = {
    id: 'objectives',
    title: 'Objectives of recoveries and rehearsals',
    description: `Verified recoveries and rehearsals per period: ${trend.map(({ period, recoveries: a, rehearsals: b }) => `${period} ${a.met + b.met} met, ${a.missed + b.missed} missed, ${a.unproven + b.unproven} not proven`).join('; ')}.`,
    columns: trend.map(({ period, recoveries: a, rehearsals: b }) => {
      const parts = [
        { value: a.met + b.met, fill: 'var(--good)' },
        { value: a.unproven + b.unproven, fill: 'var(--human)' },
        { value: a.missed + b.missed, fill: 'var(--bad)' },
      ];
      const all = parts.reduce((sum, { value }) => sum + value, 0);
      return {
        label: named(period),
        parts: all === 0 ? undefined : parts,
        says: `${parts[0]?.value ?? 0} met, ${parts[1]?.value ?? 0} not proven, ${parts[2]?.value ?? 0} missed`,
      };
    }),
    // An even number at the top has a whole one in the middle.
    to: Math.max(2, 2 * Math.ceil(Math.max(...trend.map(judgedIn)) / 2)),
    axis: (value) => (Number.isInteger(value) ? count(value) : ''),
    legend: [
      { fill: 'var(--good)', name: 'met' },
      { fill: 'var(--human)', name: 'in time, loss not proven' },
      { fill: 'var(--bad)', name: 'missed' },
    ],
  };
  return [recoveryTime, objectives, ...facts.availability.map((one) => availabilityChart(one, named))];
}

function availabilityChart(
  { database, known }: PeriodicReport['facts']['availability'][number],
  named: (label: string) => string,
): TrendChart {
  const shares = known.map(({ upMs, downMs }) => (upMs === 0 ? undefined : (upMs / (upMs + downMs)) * 100));
  const lowest = Math.min(100, ...shares.filter((one) => one !== undefined));
  // An axis from 0 would show a bad month as a good one: it begins just below the lowest value.
  const from = lowest >= 99.9 ? 99.9 : lowest >= 99 ? 99 : lowest >= 90 ? 90 : 0;
  return {
    id: `available-${database.replace(/[^a-z0-9-]/gi, '-')}`,
    title: `Availability of database ${database}`,
    description: `Share of the known time in which it took writes, per period: ${known.map(({ period, upMs, downMs }) => `${period} ${upMs === 0 ? 'not known' : percent(upMs, upMs + downMs)}`).join(', ')}.`,
    columns: known.map(({ period, upMs, downMs, unknownMs }, index) => {
      const share = shares[index];
      return {
        label: named(period),
        parts: share === undefined ? undefined : [{ value: share, fill: 'var(--machine)' }],
        says:
          share === undefined
            ? 'not known: nobody watched'
            : `${percent(upMs, upMs + downMs)} of what is known; ${percent(upMs + downMs, upMs + downMs + unknownMs)} is known`,
      };
    }),
    from,
    to: 100,
    axis: (value) => `${Math.round(value * 1000) / 1000} %`,
    note: `${shares.some((one) => one !== undefined) ? `The axis begins at ${from} %. ` : ''}A dash: nobody watched.`,
  };
}

const style = `
ul.findings { list-style: none; margin: 1rem 0; padding: 0; } ul.findings li { margin: .45rem 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1.75rem; margin-bottom: 1.5rem; }
@media (max-width: 40rem) { .charts { grid-template-columns: 1fr; } }
@media print { .charts figure { break-inside: avoid; } }
`;

function part(report: PeriodicReport, { id, title, text = [], facts = [], tables = [] }: ReportSection): Markup {
  return section(
    id,
    title,
    id === 'trend' ? html`<div class="charts">${chartsOf(report).map(trendFigure)}</div>` : undefined,
    html`${text.map((one) => html`<p class="note">${one}</p> `)}`,
    facts.length > 0 ? factList(facts) : undefined,
    html`${tables.map((one) => html`<div class="spaced">${table(one.title, one.columns, one.rows)}</div> `)}`,
  );
}

/** No script, nothing fetched. The same report makes the same bytes. */
export function renderPeriodicPage(report: PeriodicReport): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${titleOf(report)}</title>
        <style>
          ${trusted(css)} ${trusted(style)}
        </style>
      </head>
      <body>
        ${patterns}
        <main>
          ${top(report)} ${sectionsOf(report).map((one) => part(report, one))}
          <footer>
            Made from finished runs, from what observers saw and from the backups that are there. Times are UTC. The
            same as Markdown and as data: the files beside this page.
          </footer>
        </main>
      </body>
    </html> `;
  return `${page.text.trim()}\n`;
}
