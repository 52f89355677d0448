/** A column per period, drawn to scale: stacked where a figure has parts. A period without a figure has a dash and no column. */
import { html, type Markup } from '../../shared/html/html';

export interface Part {
  value: number;
  /** Colour or pattern of the style sheet. */
  fill: string;
}

export interface Column {
  label: string;
  /** From the bottom up; undefined: there is no figure. */
  parts: Part[] | undefined;
  /** The figure in words. */
  says: string;
}

export interface TrendChart {
  id: string;
  title: string;
  /** What is to be seen, in a sentence, for those who do not see it. */
  description: string;
  columns: Column[];
  /** Where the axis begins and ends. Default: 0 to the highest column. */
  from?: number;
  to?: number;
  /** Words for a value of the axis. */
  axis: (value: number) => string;
  legend?: { fill: string; name: string }[];
  note?: string;
}

const width = 460;
const left = 58;
const top = 14;
const height = 130;

const round = (value: number): number => Math.round(value * 10) / 10;

/** The chart as a figure: no script, readable in print and in the dark; every column carries its words. */
export function trendFigure(chart: TrendChart): Markup {
  const { id, title, description, columns, axis, legend = [], note } = chart;
  const totals = columns.flatMap(({ parts }) => (parts ? [parts.reduce((sum, one) => sum + one.value, 0)] : []));
  const from = chart.from ?? 0;
  const to = Math.max(chart.to ?? Math.max(0, ...totals) * 1.08, from + Number.EPSILON);
  const scale = (value: number): number => round((Math.max(0, Math.min(value, to) - from) / (to - from || 1)) * height);
  const step = (width - left) / Math.max(1, columns.length);
  const wide = round(Math.min(44, step * 0.62));
  const every = Math.ceil(columns.length / 6);
  const floor = top + height;
  const empty = totals.length === 0;
  const lines = empty ? [] : [0, 0.5, 1].map((share) => from + (to - from) * share);
  return html`<figure>
    <svg viewBox="0 0 ${width} ${floor + 26}" role="img" aria-labelledby="${id}-title ${id}-text">
      <title id="${id}-title">${title}</title>
      <desc id="${id}-text">${description}</desc>
      ${lines.map(
        (value) =>
          html`<line
              x1="${left}"
              x2="${width}"
              y1="${round(floor - scale(value))}"
              y2="${round(floor - scale(value))}"
              stroke="var(--line)"
            />
            <text class="soft" x="${left - 8}" y="${round(floor - scale(value) + 4)}" font-size="11" text-anchor="end">
              ${axis(value)}
            </text> `,
      )}
      ${columns.map((column, index) => {
        const middle = round(left + step * (index + 0.5));
        const last = index === columns.length - 1;
        // Counted from the end, so that the period of the report always has its name.
        const named = (columns.length - 1 - index) % every === 0;
        return html`<g>
          <title>${column.label}: ${column.says}</title>
          ${stack(column, middle - wide / 2, wide, floor, scale)}
          ${
            column.parts === undefined &&
            html`<text class="soft" x="${middle}" y="${floor - 4}" font-size="12" text-anchor="middle">–</text>`
          }
          ${
            named &&
            html`<text
              class="${last ? 'now' : 'soft'}"
              x="${middle}"
              y="${floor + 17}"
              font-size="11"
              font-weight="${last ? 650 : 400}"
              text-anchor="middle"
              >${column.label}</text
            >`
          }
        </g> `;
      })}
      ${
        empty &&
        html`<text
          class="soft"
          x="${left + (width - left) / 2}"
          y="${top + height / 2}"
          font-size="13"
          text-anchor="middle"
        >
          No figures in these periods
        </text>`
      }
      <line x1="${left}" x2="${width}" y1="${floor}" y2="${floor}" stroke="var(--soft)" />
    </svg>
    ${
      legend.length > 0 &&
      html`<ul class="legend">
        ${legend.map(
          ({ fill, name }) =>
            html`<li>
              <svg viewBox="0 0 24 10" aria-hidden="true"><rect width="24" height="10" rx="2" fill="${fill}" /></svg
              >${name}
            </li>`,
        )}
      </ul>`
    }
    <figcaption>${title}.${note === undefined ? '' : ` ${note}`}</figcaption>
  </figure>`;
}

/** The parts of a column, one on the other. */
function stack(
  { parts = [] }: Column,
  x: number,
  wide: number,
  floor: number,
  scale: (value: number) => number,
): Markup[] {
  let below = 0;
  return parts.map(({ value, fill }) => {
    const bottom = scale(below);
    below += value;
    const high = scale(below);
    return html`<rect
      x="${round(x)}"
      y="${round(floor - high)}"
      width="${wide}"
      height="${round(high - bottom)}"
      fill="${fill}"
    />`;
  });
}
