import { duration } from '../contracts/words';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import type { Drill } from './context';

/** Part "Make the copy": what an earlier, killed test left is removed; the copy is brought up, and does business. */
export async function standCopy(run: Run, { copy, on, ofCopy }: Drill): Promise<Criterion> {
  run.phase('Make the copy');
  await run.change('Remove what an earlier test left', () => on.change.removeDrillCopy(copy), {
    outcome: (removed) => (removed ? `removed in ${duration(removed.durationMs)}` : 'nothing'),
  });
  run.cleanup('Remove the copy', () => on.change.removeDrillCopy(copy));
  const stood = await run.change(`Bring up ${copy.drills.project}`, () => on.change.standDrillCopy(copy), {
    outcome: ({ durationMs }) => `up in ${duration(durationMs)}`,
  });
  if (stood.evidence) run.evidence(stood.evidence);
  const { transactions } = ofCopy.validation;
  const answers = await run.change(
    'Do business on the copy',
    () =>
      on.change.placeTransactions({
        gateway: ofCopy.gateway,
        site: copy.site,
        transactions,
        key: run.view().runId,
      }),
    { outcome: (all) => all.map(({ name, says }) => `${name}: ${says}`).join('; ') },
  );
  const refused = answers.filter(({ ok }) => !ok);
  return {
    name: 'The copy works',
    ok: refused.length === 0,
    says:
      refused.length === 0
        ? `up in ${duration(stood.durationMs)}, ${answers.length} business transactions done`
        : refused.map(({ name, says }) => `${name}: ${says}`).join('; '),
  };
}
