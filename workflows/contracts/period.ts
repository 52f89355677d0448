/** Days, weeks, months, quarters and years that a report is about. All of it is UTC, and pure. */

/** Kinds of reports, by how often one is made. */
export const reportKinds = ['daily', 'weekly', 'monthly', 'quarterly', 'annual'] as const;
export type ReportKind = (typeof reportKinds)[number];

/** Whether a word names a kind of report, and no run. */
export const isReportKind = (word: string | undefined): word is ReportKind => reportKinds.some((kind) => kind === word);

/** A span of time with a name. */
export interface Period {
  kind: ReportKind;
  /** `2026-11-27`, `2026-W48` (ISO 8601), `2026-11`, `2026-Q4`, `2026`. */
  name: string;
  /** First moment, UTC. */
  from: string;
  /** First moment after it, UTC. */
  to: string;
}

const dayMs = 86_400_000;

/** How the name of a period of each kind is written, for a sentence. */
export const periodForm: Record<ReportKind, string> = {
  daily: 'a day, e.g. 2026-11-27',
  weekly: 'an ISO week, e.g. 2026-W48',
  monthly: 'a month, e.g. 2026-11',
  quarterly: 'a quarter, e.g. 2026-Q4',
  annual: 'a year, e.g. 2026',
};

const startOfDay = (at: number): number => Math.floor(at / dayMs) * dayMs;
const monday = (at: number): number => startOfDay(at) - ((new Date(at).getUTCDay() + 6) % 7) * dayMs;

/** First moment of the period that holds a moment, milliseconds since 1970. */
function startOf(kind: ReportKind, at: number): number {
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (kind) {
    case 'daily':
      return startOfDay(at);
    case 'weekly':
      return monday(at);
    case 'monthly':
      return Date.UTC(year, month, 1);
    case 'quarterly':
      return Date.UTC(year, month - (month % 3), 1);
    case 'annual':
      return Date.UTC(year, 0, 1);
  }
}

/** First moment after the period that begins at `start`. */
function endOf(kind: ReportKind, start: number): number {
  const date = new Date(start);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (kind) {
    case 'daily':
      return start + dayMs;
    case 'weekly':
      return start + 7 * dayMs;
    case 'monthly':
      return Date.UTC(year, month + 1, 1);
    case 'quarterly':
      return Date.UTC(year, month + 3, 1);
    case 'annual':
      return Date.UTC(year + 1, 0, 1);
  }
}

function nameOf(kind: ReportKind, start: number): string {
  const iso = new Date(start).toISOString();
  switch (kind) {
    case 'daily':
      return iso.slice(0, 10);
    case 'weekly': {
      // A week belongs to the year of its Thursday (ISO 8601).
      const year = new Date(start + 3 * dayMs).getUTCFullYear();
      const first = monday(Date.UTC(year, 0, 4));
      return `${year}-W${String(Math.round((start - first) / (7 * dayMs)) + 1).padStart(2, '0')}`;
    }
    case 'monthly':
      return iso.slice(0, 7);
    case 'quarterly':
      return `${iso.slice(0, 4)}-Q${new Date(start).getUTCMonth() / 3 + 1}`;
    case 'annual':
      return iso.slice(0, 4);
  }
}

/** The period that holds a moment. @param at milliseconds since 1970 */
export function periodAt(kind: ReportKind, at: number): Period {
  const start = startOf(kind, at);
  const iso = (ms: number): string => new Date(ms).toISOString();
  return { kind, name: nameOf(kind, start), from: iso(start), to: iso(endOf(kind, start)) };
}

/** The newest period that is over. @param now milliseconds since 1970 */
export const lastPeriod = (kind: ReportKind, now: number): Period => periodAt(kind, startOf(kind, now) - 1);

/** A moment inside the period of a name; undefined where the name is not written as one of its kind. */
function momentIn(kind: ReportKind, name: string): number | undefined {
  switch (kind) {
    case 'daily':
      return /^\d{4}-\d\d-\d\d$/.test(name) ? Date.parse(`${name}T00:00:00Z`) : undefined;
    case 'weekly': {
      const [, year, week] = /^(\d{4})-W(\d\d)$/.exec(name) ?? [];
      return year === undefined ? undefined : monday(Date.UTC(Number(year), 0, 4)) + (Number(week) - 1) * 7 * dayMs;
    }
    case 'monthly':
      return /^\d{4}-\d\d$/.test(name) ? Date.parse(`${name}-01T00:00:00Z`) : undefined;
    case 'quarterly': {
      const [, year, quarter] = /^(\d{4})-Q([1-4])$/.exec(name) ?? [];
      return year === undefined ? undefined : Date.UTC(Number(year), (Number(quarter) - 1) * 3, 1);
    }
    case 'annual':
      return /^\d{4}$/.test(name) ? Date.UTC(Number(name), 0, 1) : undefined;
  }
}

/** The period of a name; undefined where there is none: `2026-02-30`, `2026-W60`. */
export function periodOf(kind: ReportKind, name: string): Period | undefined {
  const at = momentIn(kind, name);
  if (at === undefined || Number.isNaN(at)) return undefined;
  const found = periodAt(kind, at);
  return found.name === name ? found : undefined;
}

/** How many periods a trend shows, the one of the report included. */
const trendLength: Record<ReportKind, number> = { daily: 14, weekly: 12, monthly: 12, quarterly: 8, annual: 5 };

/** The periods of a trend, oldest first; the last one is `period`. */
export function trendOf(period: Period, length = trendLength[period.kind]): Period[] {
  const found = [period];
  for (let first = period; found.length < length; found.unshift(first))
    first = periodAt(period.kind, Date.parse(first.from) - 1);
  return found;
}
