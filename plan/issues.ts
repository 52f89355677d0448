import type { z } from 'zod';
import type { FaultReport } from './report';
import { isSecretKey, isRecord, valueAt } from './report';
import { nearest } from './nearest';
import type { Path } from './source';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

const TYPES: Record<string, string> = {
  object: 'a mapping of keys to values',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** The end of the sentence "…; expected …" for an issue whose schema does not bring its own words. */
export function expectation(issue: RawIssue): string {
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') {
    const values = issue.values.map((value) => JSON.stringify(value));
    return values.length === 1 ? `${values[0]}, the only value supported` : `one of ${values.join(', ')}`;
  }
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  return 'something else';
}

/** Turns the issues of the schema into faults. */
export function reportIssues(
  issues: Issue[],
  data: unknown,
  knownKeys: (path: Path) => string[],
  report: FaultReport,
): void {
  for (const issue of issues) reportIssue(issue, [], data, knownKeys, report);
}

function reportIssue(
  issue: Issue,
  base: Path,
  data: unknown,
  knownKeys: (path: Path) => string[],
  report: FaultReport,
): void {
  const path = [...base, ...issue.path] as Path;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path);
    for (const key of issue.keys) report.add([...path, key], unknownKey(key, known));
    return;
  }
  if (issue.code === 'invalid_union') {
    const branch = isRecord(valueAt(data, path)) ? closest(issue.errors) : undefined;
    if (!branch || looksLikeChoice(issue.errors, branch)) report.add(path, issue.message);
    else for (const inner of branch) reportIssue(inner, path, data, () => [], report);
    return;
  }
  report.add(path, issue.message);
}

function unknownKey(key: string, known: string[]): string {
  if (isSecretKey(key)) return 'no such key; a secret is given by reference, never by value';
  const near = nearest(key, known);
  if (near) return `a key that the plan knows; did you mean '${near}'`;
  return known.length > 0 ? `one of the keys ${known.join(', ')}` : 'no such key';
}

/** The branch of a union that the value comes closest to: the one with the fewest foreign and missing keys. */
function closest(branches: Issue[][]): Issue[] | undefined {
  const cost = (issue: Issue): number => (issue.code === 'unrecognized_keys' ? issue.keys.length : 1);
  const total = (issues: Issue[]): number => issues.reduce((sum, issue) => sum + cost(issue), 0);
  // A branch that takes no mapping at all is not close, however little it complains.
  const mappings = branches.filter((one) =>
    one.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  );
  return [...(mappings.length > 0 ? mappings : branches)].sort((a, b) => total(a) - total(b))[0];
}

/** When every branch is equally far away the value chose none of them, and naming all of them helps more. */
function looksLikeChoice(branches: Issue[][], branch: Issue[]): boolean {
  const foreign = (issues: Issue[]): boolean => issues.some((issue) => issue.code === 'unrecognized_keys');
  return branches.every(foreign) && foreign(branch);
}
