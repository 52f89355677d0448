import { comparePlan, loadPlan } from '../../plan';
import type { ComposeFacts } from '../../workflows/contracts/periodic';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { planPath } from './pin-plan';

const most = 20;

/**
 * Compares the plan of this worker with the Compose files of its sites, as far as they lie on this machine.
 * @throws DR-PLAN when the plan cannot be read
 */
export async function compareCompose(): Promise<ComposeFacts> {
  return withHeartbeat('comparing the plan with the Compose files', async () => {
    const loaded = await loadPlan(planPath()).catch((error: Error) => {
      throw drFailure('DR-PLAN', error.message);
    });
    const { differences, notes } = await comparePlan(loaded);
    // A file that is not on this machine says nothing of the plan.
    const away = differences.filter(({ kind }) => kind === 'file').map(({ sentence }) => sentence);
    const found = differences.filter(({ kind }) => kind !== 'file').map(({ sentence }) => sentence);
    return { differences: found.slice(0, most), more: Math.max(0, found.length - most), notes: [...away, ...notes] };
  });
}
