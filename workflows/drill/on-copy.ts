import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import { allowDamage } from './allow-damage';
import type { Drill, Loss } from './context';
import { proveIsolated } from './isolation';
import { standCopy } from './stand-copy';

/** Makes the copy, proves that it is isolated, loses one thing after the other, and removes it. */
export async function onCopy(run: Run, drill: Drill, losses: Loss[]): Promise<Criterion[]> {
  const criteria = [await standCopy(run, drill)];
  const isolation = await proveIsolated(run, drill);
  criteria.push(isolation.criterion);
  const approval = await allowDamage(run, drill, isolation.facts, losses);
  for (const { lose } of losses) criteria.push(...(await lose(run, drill, approval)));
  run.phase('Remove');
  await run.change('Remove the copy', () => drill.on.change.removeDrillCopy(drill.copy));
  return criteria;
}
