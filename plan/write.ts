import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { hashPlan } from './hash';
import type { LoadedPlan } from './load';
import { planSchema, type Plan, type PlanDocument } from './schema';

/** The plan as it is written in YAML: durations, sizes and rates are text again. */
export function planDocument(plan: Plan): PlanDocument {
  return z.encode(planSchema, plan);
}

/**
 * Writes a plan to a file that `loadPlan` reads back with the same hash. Comments of the file it came from are lost.
 *
 * @param plan the plan
 * @param path file to write; directories are made as needed
 * @param root directory that the plan's relative paths start from, wherever the file lies. Default: what `plan.root` says
 */
export async function writePlan(plan: Plan, path: string, root?: string): Promise<LoadedPlan> {
  const absolute = resolve(path);
  const directory = dirname(absolute);
  const written = root === undefined ? plan : { ...plan, root: relative(directory, resolve(root)) || '.' };
  await mkdir(directory, { recursive: true });
  await writeFile(absolute, stringify(planDocument(written), { lineWidth: 120, aliasDuplicateObjects: false }));
  return {
    plan: written,
    hash: hashPlan(written),
    path: absolute,
    root: resolve(directory, written.root ?? '..'),
    warnings: [],
  };
}
