/**
 * The run as a picture: one row per step, drawn to scale, the hatched bands being time spent waiting for people, the
 * vertical marks the moments of the objectives clock.
 */
import type { RunView, StepView } from '../../../workflows/contracts/run-view';
import { duration, humanWaits, moment, stepTime } from '../../../workflows/contracts/words';
import { html, type Markup } from '../../shared/html/html';

const label = 300;
const chart = 560;
const gutter = 100;
const rowHeight = 22;
const head = 46;

const round = (value: number): number => Math.round(value * 10) / 10;

/** A step between 1 s and 6 h apart reads best; about six of them across the chart. */
function tick(span: number): number {
  const nice = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400].map((s) => s * 1000);
  return nice.find((ms) => span / ms <= 7) ?? nice.at(-1)!;
}

function fill(step: StepView): string {
  if (step.kind === 'gate') return 'url(#human)';
  if (step.state === 'failed') return 'var(--bad)';
  if (step.state === 'skipped') return 'var(--line)';
  if (step.kind === 'undo') return 'var(--undo)';
  return step.kind === 'irreversible' ? 'var(--ink)' : 'var(--machine)';
}

const clipped = (text: string): string => (text.length > 46 ? `${text.slice(0, 45)}…` : text);

interface Mark {
  at: string;
  name: string;
}

/** Moments of the clock inside the picture. The disaster is usually long before the first step and is told in words. */
function marks(view: RunView): Mark[] {
  const clock = view.objectives;
  const approved = view.gates.filter((gate) => gate.state === 'approved' && gate.answer);
  return [
    ...(clock ? [{ at: clock.declaredAt, name: 'declared' }] : []),
    ...approved.map((gate) => ({ at: gate.answer!.at, name: 'approved' })),
    ...(clock?.verifiedAt ? [{ at: clock.verifiedAt, name: 'verified' }] : []),
  ];
}

/** The run as a chart: a bar per step, waits for people shaded, declaration, approval and verification marked. @param end UTC */
export function timelineFigure(view: RunView, end: string): Markup {
  const from = Math.min(Date.parse(view.startedAt), ...view.steps.map((step) => Date.parse(step.startedAt)));
  const to = Math.max(Date.parse(end), from + 1000);
  const x = (iso: string): number =>
    round(label + (Math.min(Math.max(Date.parse(iso), from), to) - from) * (chart / (to - from)));
  const rows: Markup[] = [];
  let y = head;
  let phase = '';
  for (const step of view.steps) {
    if (step.phase !== phase) {
      phase = step.phase;
      y += 6;
      rows.push(html`<text x="0" y="${y + 15}" font-size="12" font-weight="650">${phase}</text> `);
      y += rowHeight;
    }
    const left = x(step.startedAt);
    const length = Math.max(2, x(step.endedAt ?? end) - left);
    const took = duration(stepTime(step, Date.parse(end)));
    const state = step.state === 'done' ? '' : `, ${step.state}`;
    rows.push(
      html`<g>
        <title>${step.number}. ${step.title}: ${took}${state}. ${step.outcome ?? ''}</title>
        <text x="12" y="${y + 15}" font-size="12">${clipped(step.title)}</text>
        <rect x="${left}" y="${y + 5}" width="${round(length)}" height="12" rx="2" fill="${fill(step)}" />
        <text class="soft" x="${round(left + length + 5)}" y="${y + 15}" font-size="11">${took}${state}</text>
      </g> `,
    );
    y += rowHeight;
  }
  const bottom = y + 6;
  const every = tick(to - from);
  const ticks = Array.from({ length: Math.floor((to - from) / every) + 1 }, (_all, index) => index * every);
  return html`<figure>
    <div class="scroll">
      <svg
        viewBox="0 0 ${label + chart + gutter} ${bottom + 22}"
        style="min-width: 46rem"
        role="img"
        aria-labelledby="timeline-title timeline-text"
      >
        <title id="timeline-title">Timeline of the run, drawn to scale</title>
        <desc id="timeline-text">
          ${view.steps.length} steps over ${duration(to - from)}, beginning ${moment(new Date(from).toISOString())}. The
          same steps stand in the table further down.
        </desc>
        ${humanWaits(view, end).map(
          (wait) =>
            html`<rect
              x="${x(wait.from)}"
              y="${head}"
              width="${Math.max(1, round(x(wait.to) - x(wait.from)))}"
              height="${bottom - head}"
              fill="url(#human)"
              opacity="0.22"
              ><title>
                Waiting for a person (${wait.why}): ${duration(Date.parse(wait.to) - Date.parse(wait.from))}
              </title></rect
            > `,
        )}
        ${ticks.map(
          (ms) =>
            html`<line
                x1="${round(label + ms * (chart / (to - from)))}"
                x2="${round(label + ms * (chart / (to - from)))}"
                y1="${head}"
                y2="${bottom}"
                stroke="var(--line)"
              />
              <text
                class="soft"
                x="${round(label + ms * (chart / (to - from)))}"
                y="${bottom + 16}"
                font-size="11"
                text-anchor="middle"
                >${ms === 0 ? '0' : duration(ms)}</text
              > `,
        )}
        ${rows} ${markLines(marks(view), x, bottom)}
      </svg>
    </div>
    <ul class="legend">
      ${swatch('var(--machine)', 'work')} ${swatch('var(--ink)', 'cannot be taken back')}
      ${swatch('url(#human)', 'waiting for a person')} ${swatch('var(--bad)', 'failed')}
      ${swatch('var(--undo)', 'undo')}
    </ul>
  </figure>`;
}

/** Names are staggered over two lines, so that moments close together stay readable. */
function markLines(all: Mark[], x: (iso: string) => number, bottom: number): Markup[] {
  let last = -Infinity;
  let line = 0;
  return all.map((mark) => {
    const at = x(mark.at);
    line = at - last < 70 ? (line + 1) % 2 : 0;
    last = at;
    const top = line === 0 ? 30 : 14;
    return html`<line
        x1="${at}"
        x2="${at}"
        y1="${top + 4}"
        y2="${bottom}"
        stroke="var(--good)"
        stroke-width="1.5"
        stroke-dasharray="3 3"
      />
      <text x="${at}" y="${top}" font-size="11" font-weight="650" text-anchor="middle" style="fill: var(--good)">
        ${mark.name}
      </text> `;
  });
}

const swatch = (colour: string, name: string): Markup =>
  html`<li>
    <svg viewBox="0 0 24 10" aria-hidden="true"><rect width="24" height="10" rx="2" fill="${colour}" /></svg>${name}
  </li>`;
