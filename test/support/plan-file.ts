import { loadPlan, writePlan, type Plan } from '../../plan';
import { root } from '../../activities/shared/paths';

/** Runs `act` under a changed plan: a run reads the plan when it begins. The former one is back in its place afterwards. */
export async function withPlan(change: (plan: Plan) => Plan, act: () => Promise<void>): Promise<void> {
  const path = process.env['DR_PLAN'] ?? '';
  const { plan } = await loadPlan(path);
  await writePlan(change(structuredClone(plan)), path, root());
  try {
    await act();
  } finally {
    await writePlan(plan, path, root());
  }
}
