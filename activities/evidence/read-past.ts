import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../../plan';
import type { PastRun } from '../../workflows/contracts/past-runs';
import { judgeProofs, type Proof } from '../../workflows/contracts/proof';
import type { PastFacts } from '../../workflows/contracts/readiness';
import { drHome } from '../shared/paths';
import { keptPlan } from './kept-plans';
import { readPastRuns } from './past-runs';
import { timesOf } from './run-times';

/**
 * What earlier runs prove of a plan, how long they took, and what channels took; and whether the next report could be written.
 * Reads only. @param at moment that is judged, UTC
 */
export async function readPast({ plan, at }: { plan: Plan; at: string }): Promise<PastFacts> {
  const runs = await readPastRuns();
  const told: Record<string, string> = {};
  for (const one of runs.flatMap((run) => run.told ?? [])) {
    const name = [one.channel, one.target].filter(Boolean).join(' ');
    if ((told[name] ?? '') < one.at) told[name] = one.at;
  }
  const unwritable = await faultOfFolder();
  return {
    proofs: await proofsOf(plan, runs, at),
    times: timesOf(runs),
    told,
    ...(unwritable === undefined ? {} : { unwritable }),
  };
}

/** Proofs of everything that a plan claims, from the runs and plans that were kept on this machine. */
export async function proofsOf(plan: Plan, runs: PastRun[], at: string): Promise<Proof[]> {
  const hashes = [...new Set(runs.flatMap(({ planHash }) => (planHash === undefined ? [] : [planHash])))];
  const plans = new Map(await Promise.all(hashes.map(async (hash) => [hash, await keptPlan(hash)] as const)));
  return judgeProofs(plan, runs, (hash) => plans.get(hash), at);
}

async function faultOfFolder(): Promise<string | undefined> {
  const folder = join(drHome(), 'evidence');
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return `${folder} cannot be written: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`;
  }
}
