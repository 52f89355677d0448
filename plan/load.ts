import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { hashPlan } from './hash';
import { PlanError, type PlanFault } from './faults';
import { examinePlan } from './parse';
import type { Plan } from './schema';

/** A plan that was read and found good. */
export interface LoadedPlan {
  plan: Plan;
  /** SHA-256 of what the plan says, hexadecimal; see `hashPlan`. */
  hash: string;
  /** Absolute path of the file. */
  path: string;
  /** Absolute path of the directory that the plan's relative paths start from. */
  root: string;
  /** What can be used but deserves a thought. */
  warnings: PlanFault[];
}

/**
 * Reads a plan from a file.
 *
 * @throws PlanError with every fault of the plan, or that the file cannot be read
 */
export async function loadPlan(path: string): Promise<LoadedPlan> {
  const absolute = resolve(path);
  const { plan, faults, warnings } = examinePlan(await readPlanFile(absolute, path), path);
  if (!plan) throw new PlanError(path, faults);
  return { plan, hash: hashPlan(plan), path: absolute, root: planRoot(plan, absolute), warnings };
}

/** The directory that relative paths of a plan start from: its `root`, by default the parent of the plan's directory. */
export function planRoot(plan: Plan, planFile: string): string {
  return resolve(dirname(planFile), plan.root ?? '..');
}

/**
 * Reads the text of a plan file.
 *
 * @throws PlanError when the file cannot be read
 */
export async function readPlanFile(absolute: string, shown: string): Promise<string> {
  try {
    return await readFile(absolute, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error);
    const expected = `a plan in YAML; name another file with --plan`;
    const sentence = `${shown}: the plan cannot be read, ${reason}; expected ${expected}.`;
    throw new PlanError(shown, [{ path: '', value: reason, expected, sentence }]);
  }
}
