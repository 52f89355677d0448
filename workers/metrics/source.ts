/** What the metrics are made of: facts that are read somewhere else, in bounded time and not more often than need be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { withLimit } from '../../activities/shared/limit';
import type { Sheet } from './sheet';

export interface SourceOptions {
  /** Who is asked, as `dr_up` names it. */
  source: string;
  /** Which of them. */
  target: string;
  /** How long an answer is good for, milliseconds. */
  keepMs: number;
  /** Longest wait for an answer, milliseconds; all sources are asked at once, and Prometheus waits 10 s. Default 4 000. */
  limitMs?: number;
  /** Told when a source falls silent, with why, and when it answers again (undefined). */
  onChange?: (about: { source: string; target: string }, why: string | undefined) => void;
}

/** One that does not answer is asked again after this time, milliseconds. */
const retryMs = 1_000;
const usualLimitMs = 4_000;

/**
 * A fact and where it is read. Scrapes that come at once share one reading; one that is late counts as no answer, is told to
 * stop, and what it brings after all is thrown away. So no scrape hangs, no reading piles up, and nothing old is told as new.
 */
export class Source<T> {
  private kept: { value: T | undefined; until: number } | undefined;
  private reading: { answer: Promise<T | undefined>; since: number } | undefined;
  private silent = false;

  constructor(
    private readonly options: SourceOptions,
    private readonly read: (signal: AbortSignal) => Promise<T>,
  ) {}

  /** undefined: it has not answered. */
  async ask(): Promise<T | undefined> {
    if (this.kept && Date.now() < this.kept.until) return this.kept.value;
    const limitMs = this.options.limitMs ?? usualLimitMs;
    this.reading ??= this.begin(limitMs);
    // One that does not heed its signal: nobody waits for it twice.
    const left = this.reading.since + limitMs - Date.now();
    if (left <= 0) return undefined;
    const over = new AbortController();
    try {
      const late = sleep(left, true, { signal: over.signal, ref: false }).catch(() => false);
      return await Promise.race([
        this.reading.answer,
        late.then((isLate) => (isLate ? this.tell('it has not answered in time') : undefined)),
      ]);
    } finally {
      over.abort();
    }
  }

  /** Puts `dr_up`, and what is known where it has answered. */
  async report(sheet: Sheet, put: (value: T) => void): Promise<void> {
    const { source, target } = this.options;
    const value = await this.ask();
    sheet.put('dr_up', { source, target }, value === undefined ? 0 : 1);
    if (value !== undefined) put(value);
  }

  private begin(limitMs: number): { answer: Promise<T | undefined>; since: number } {
    const since = Date.now();
    const answer = withLimit(new AbortController().signal, limitMs, this.read)
      .then(
        (value) => (Date.now() - since > limitMs ? this.tell('it has answered too late') : this.keep(value)),
        (error: unknown) => this.tell(error instanceof Error ? error.message : String(error)),
      )
      .finally(() => (this.reading = undefined));
    return { answer, since };
  }

  private keep(value: T): T {
    this.kept = { value, until: Date.now() + this.options.keepMs };
    if (this.silent) this.options.onChange?.(this.options, undefined);
    this.silent = false;
    return value;
  }

  private tell(why: string): undefined {
    this.kept = { value: undefined, until: Date.now() + Math.min(retryMs, this.options.keepMs) };
    if (!this.silent) this.options.onChange?.(this.options, why);
    this.silent = true;
    return undefined;
  }
}
