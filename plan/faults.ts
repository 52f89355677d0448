/** One thing that is wrong with a plan. */
export interface PlanFault {
  /** Where in the plan, such as `services[6].port`; empty for the document as a whole. */
  path: string;
  /** What stands there, shown as JSON and cut short; `(hidden)` where a secret may be, `(missing)` where nothing is. */
  value: string;
  /** What was expected instead, as the end of a sentence. */
  expected: string;
  /** Line in the file, counted from 1, where known. */
  line?: number;
  /** Name of the list entry the path runs through, so that nobody has to count. */
  entry?: string;
  /** The whole sentence: place, path, value, expectation. */
  sentence: string;
}

/** Value shown where nothing stands in the plan. */
export const MISSING = '(missing)';
/** Value shown instead of one that may be a secret. */
export const HIDDEN = '(hidden)';

/** Writes the sentence of a fault: which value, where it came from, what was expected. */
export function faultSentence(fault: Omit<PlanFault, 'sentence'>, source: string): string {
  const place = fault.line === undefined ? source : `${source}:${fault.line}`;
  const path = fault.path === '' ? 'the document' : fault.path;
  const entry = fault.entry === undefined ? '' : ` (${fault.entry})`;
  const is = fault.value === MISSING ? 'is missing' : `is ${fault.value}`;
  return `${place}: ${path}${entry} ${is}; expected ${fault.expected}.`;
}

/** A plan that cannot be used. It carries every fault at once, in the order of the file. */
export class PlanError extends Error {
  /** Code in the list of error codes. */
  readonly code = 'DR-PLAN';

  /**
   * @param source file the plan came from
   * @param faults everything that is wrong with it, at least one
   */
  constructor(
    readonly source: string,
    readonly faults: PlanFault[],
  ) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(`The plan ${source} cannot be used, it has ${count}:\n${faults.map((f) => `  ${f.sentence}`).join('\n')}`);
    this.name = 'PlanError';
  }
}
