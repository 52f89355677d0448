import type { Report } from '../../../workflows/contracts/run-view';
import {
  duration,
  headline,
  moment,
  procedureTitle,
  resourceTitle,
  type Tone,
} from '../../../workflows/contracts/words';
import { css } from './css';
import { glossarySection } from './glossary';
import { html, trusted, type Markup } from '../../shared/html/html';
import { objectivesSection } from './objectives';
import { section } from './parts';
import {
  approvalsSection,
  evidenceSection,
  factsSection,
  logSection,
  lossSection,
  problemsSection,
  stepsSection,
} from './sections';
import { timelineFigure } from './timeline-svg';

const signs: Record<Tone, string> = { good: '✓', warn: '!', bad: '✗', busy: '…' };

/** The hatching that means "waiting for a person" wherever it appears; defined once, referred to by every picture. */
export const patterns = html`<svg width="0" height="0" style="position: absolute" aria-hidden="true">
  <defs>
    <pattern id="human" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="6" height="6" fill="var(--human)" opacity="0.35" />
      <rect width="3" height="6" fill="var(--human)" />
    </pattern>
  </defs>
</svg>`;

function top(report: Report, end: string): Markup {
  const { view } = report;
  const words = headline(view);
  const meta: [string, string][] = [
    ['Procedure', `${procedureTitle(view.procedure)}, mode ${view.mode}`],
    ['Began', moment(view.startedAt)],
    [
      view.endedAt ? 'Ended' : 'As of',
      `${moment(end)}, after ${duration(Date.parse(end) - Date.parse(view.startedAt))}`,
    ],
    ...(view.plan
      ? [['Plan', `${view.plan.name} ${view.plan.version}, ${view.plan.hash.slice(0, 12)}`] satisfies [string, string]]
      : []),
    ['Run', `${view.workflowId}, ${view.runId}`],
  ];
  return html`<header>
    <p class="eyebrow">Recovery report · ${resourceTitle(view.resource)}</p>
    <h1>${words.sentence}</h1>
    <p>
      <span class="badge ${words.tone}" role="status"
        ><span aria-hidden="true">${signs[words.tone]} </span>${words.badge}</span
      >
    </p>
    <p class="lead">${view.summary}</p>
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

/** One self-contained page: no script, nothing fetched, readable on paper. The same report makes the same bytes. */
export function renderPage(report: Report): string {
  const { view } = report;
  const end = view.endedAt ?? lastMoment(report);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${headline(view).badge}: ${procedureTitle(view.procedure)} of ${view.resource}</title>
        <style>
          ${trusted(css)}
        </style>
      </head>
      <body>
        ${patterns}
        <main>
          ${top(report, end)} ${view.objectives && objectivesSection(view.objectives, view.endedAt !== undefined)}
          ${view.steps.length > 0 && section('timeline', 'What happened', timelineFigure(view, end))}
          ${lossSection(view)} ${approvalsSection(view, end)} ${problemsSection(view)} ${stepsSection(view, end)}
          ${factsSection(view)} ${evidenceSection(report)} ${logSection(view)} ${glossarySection()}
          <footer>
            Made by the run itself from its own record. Times are UTC. The same record as data:
            <code>report.json</code> beside this page.
          </footer>
        </main>
      </body>
    </html> `;
  return `${page.text.trim()}\n`;
}

/** Of a run that goes on, the newest moment it knows: the clock of the machine would make another page each time. */
function lastMoment({ view }: Report): string {
  const moments = [
    view.startedAt,
    view.timeline.at(-1)?.at,
    ...view.steps.flatMap((one) => [one.startedAt, one.endedAt]),
  ];
  return moments.filter((one) => one !== undefined).reduce((a, b) => (Date.parse(a) >= Date.parse(b) ? a : b));
}
