import type { Approval } from '../contracts/approval';
import type { Isolation } from '../contracts/drill';
import { count } from '../contracts/words';
import type { Run } from '../kernel/run';
import type { Drill, Loss } from './context';

/** The gate before anything is damaged: the plan answers it, because the copy serves nobody, and that is on record. */
export function allowDamage(run: Run, drill: Drill, facts: Isolation, losses: Loss[]): Promise<Approval> {
  const { project } = drill.copy.drills;
  return run.gate<{ project: string; isolation: Isolation }>('damage', {
    policy: { approvers: [], expiresMs: 60_000, onExpiry: 'reject' },
    measure: () => Promise.resolve({ project, isolation: facts }),
    drifted: () => undefined,
    answer: () => `policy of drills: ${project} serves nobody, and cannot reach what serves`,
    card: () => ({
      title: `Damage the copy ${project}`,
      will: losses.map(({ will }) => will(drill)),
      loss: [{ label: 'Data', value: 'of the copy only' }],
      facts: [{ label: 'Isolation', value: `${count(facts.tried)} tries, none got through; nothing is shared` }],
      tables: [],
      warnings: [],
    }),
  });
}
