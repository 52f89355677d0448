/** How a test says whether it has passed. */
import type { Finished } from '../kernel/procedure';
import type { Run } from '../kernel/run';

/** One thing a test is judged by. */
export interface Criterion {
  name: string;
  ok: boolean;
  /** What was found, beside what was expected. */
  says: string;
  /** It judges the time, not the data: missed, the test has not failed. */
  objective?: true;
}

/** Puts the criteria into the report. @returns those that fail the test, in a sentence; undefined: it has passed */
export function judgeCriteria(run: Run, criteria: Criterion[]): string | undefined {
  run.facts(
    'Criteria',
    criteria.map(({ name, ok, says }) => ({ label: name, value: `${ok ? 'pass' : 'FAIL'}: ${says}` })),
  );
  const failed = criteria.filter((one) => !one.ok && one.objective === undefined);
  return failed.length > 0 ? failed.map((one) => `${one.name}: ${one.says}`).join('; ') : undefined;
}

/** The end of a test that is judged by nothing else. @param more of its result @throws Ended (DR-TEST-FAILED) naming every criterion that is not met */
export function concludeTest(
  run: Run,
  test: string,
  criteria: Criterion[],
  more: Record<string, unknown> = {},
): Finished {
  const failed = judgeCriteria(run, criteria);
  if (failed !== undefined) return run.giveUp('DR-TEST-FAILED', `the ${test} has failed: ${failed}`);
  return { verdict: verdictOf(criteria), result: { criteria: criteria.map(plain), ...more } };
}

/** A test that has passed is judged by its times: met, or missed. */
export const verdictOf = (criteria: Criterion[]): 'met' | 'missed' =>
  criteria.every((one) => one.ok) ? 'met' : 'missed';

/** A criterion as it stands in a result. */
export const plain = ({ name, ok, says }: Criterion): { name: string; ok: boolean; says: string } => ({
  name,
  ok,
  says,
});
