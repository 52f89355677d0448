import type { Component } from './component';
import type { Outcome } from './runner';

const words: Record<Outcome['result'], string> = {
  present: 'ok',
  provided: 'done',
  missing: 'MISSING',
  skipped: 'skipped',
};

/** One line per component, and below it what to do by hand where it is missing. Plain text: it also ends up in log files. */
export function outcomeLines({ component, result, detail, remedy, seconds }: Outcome): string[] {
  const line = `${words[result].padEnd(8)} ${component.title.padEnd(16)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${detail}`;
  return remedy ? [line, `${' '.repeat(36)}→ ${remedy}`] : [line];
}

/** A line that says what is being done now. */
export const progressLine = (component: Component, line: string): string =>
  `         ${component.title.padEnd(16)}           … ${line}`;
