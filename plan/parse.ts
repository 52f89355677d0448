import { runChecks } from './checks';
import { PlanError, type PlanFault } from './faults';
import { expectation, reportIssues } from './issues';
import { FaultReport } from './report';
import { planSchema, type Plan } from './schema';
import { knownKeysAt } from './schema-keys';
import { PlanSource } from './source';

/** What examining a plan brings to light. */
export interface PlanExamination {
  /** The plan, if it has no fault. */
  plan?: Plan;
  /** Everything that must be mended, in the order of the file. */
  faults: PlanFault[];
  /** What can be used but deserves a thought. */
  warnings: PlanFault[];
}

/**
 * Examines the text of a plan and finds all its faults at once: YAML syntax, keys that stand twice, every field, and
 * what only the whole can show (references, cycles, names and ports used twice, secrets given by value).
 *
 * @param text YAML
 * @param source name of the file, for the sentences
 */
export function examinePlan(text: string, source: string): PlanExamination {
  const document = new PlanSource(text);
  if (document.faults.some((fault) => fault.fatal)) {
    return { faults: yamlFaults(document, source), warnings: [] };
  }
  const faults = new FaultReport(source, document);
  const warnings = new FaultReport(source, document);
  for (const { line, reason } of document.faults)
    faults.addAtLine(line, `not unambiguous: ${reason}`, 'every key once');

  const data = document.data;
  const result = planSchema.safeParse(data, { error: expectation });
  if (!result.success) reportIssues(result.error.issues, data, knownKeysAt, faults);
  runChecks(data, faults, warnings);

  const all = faults.faults();
  return {
    ...(result.success && all.length === 0 ? { plan: result.data } : {}),
    faults: all,
    warnings: warnings.faults(),
  };
}

/**
 * Reads the text of a plan.
 *
 * @param text YAML
 * @param source name of the file, for the sentences
 * @throws PlanError with every fault, if there is one
 */
export function parsePlan(text: string, source: string): Plan {
  const { plan, faults } = examinePlan(text, source);
  if (!plan) throw new PlanError(source, faults);
  return plan;
}

function yamlFaults(document: PlanSource, source: string): PlanFault[] {
  return document.faults.map(({ line, reason }) => {
    const fault = { path: '', value: 'not readable', expected: `YAML; the parser says: ${reason}`, line };
    return {
      ...fault,
      sentence: `${source}:${line}: the document is not readable; expected YAML; the parser says: ${reason}.`,
    };
  });
}
