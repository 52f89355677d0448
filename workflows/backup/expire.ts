/** Phase "Expire": what the plan's retention does not keep is removed, by a gate that the policy answers. */
import type { Plan } from '../../plan';
import type { Outlived } from '../contracts/backup';
import type { Run } from '../kernel/run';
import type { PresentDatabase } from '../steps/present-database';

const dayMs = 86_400_000;

/** @returns labels of the backups that were removed */
export async function expireOutlived(run: Run, { at, on }: PresentDatabase, plan: Plan): Promise<string[]> {
  const kept = plan.backups.database.filter((one) => one.database === at.database.name && one.kind === 'full');
  if (kept.length === 0) {
    run.note('the plan gives full backups of this database no retention, so nothing is removed');
    return [];
  }
  // pgBackRest counts whole days. Rounded up, and the longest where there are several: too much is kept rather than too little.
  const retentionDays = Math.ceil(Math.max(...kept.map((one) => one.retention)) / dayMs);
  run.phase('Expire');
  const look = (): Promise<Outlived> => on.probe.outlivedBackups({ ...at, retentionDays });
  const words = ({ labels }: Outlived): string => labels.join(', ') || 'none';
  const outlived = await run.probe(`Look for backups that ${retentionDays} days do not keep`, look, words);
  if (outlived.labels.length === 0) return [];
  let latest = outlived;
  const approval = await run.gate<Outlived>('expire', {
    policy: { approvers: [], expiresMs: 30 * 60_000, onExpiry: 'reject' },
    measure: async () => (latest = await look()),
    drifted: (before, now) => (words(before) === words(now) ? undefined : `${words(before)}; now ${words(now)}`),
    // Whoever gave the plan its retention has said so; without a full backup that stays nothing goes.
    answer: ({ keeps }) =>
      keeps.length > 0 ? `policy: the plan keeps full backups for ${retentionDays} days` : undefined,
    card: ({ labels, keeps }) => ({
      title: `Remove ${labels.length} backups of ${at.database.name} that have outlived their retention`,
      will: [`Remove ${labels.join(', ')}, and the WAL that nothing needs any more.`],
      loss: [{ label: 'Recovery', value: `to moments before the oldest backup that stays: ${keeps.at(-1) ?? 'none'}` }],
      facts: [{ label: 'Full backups that stay', value: keeps.join(', ') || 'none' }],
      tables: [],
      warnings: ['What is removed cannot be had back.'],
    }),
  });
  return run.irreversible('Remove what has outlived its retention', approval, (valid) =>
    run.change(
      'Remove the outlived backups',
      () =>
        on.irreversible.expireBackups({
          ...at,
          labels: latest.labels,
          retentionDays,
          approval: valid.reference,
        }),
      {
        outcome: (labels) => labels.join(', '),
        // The backup is made; a repository that grows is said, and tried again by the next one.
        instead: (problem) => {
          run.record.problem(problem);
          return [];
        },
      },
    ),
  );
}
