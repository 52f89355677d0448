import type { Isolation } from '../contracts/drill';
import { count } from '../contracts/words';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import type { Drill } from './context';

/** Part "Prove the isolation": the copy tries to reach what serves, and must fail; only then is anything damaged. */
export async function proveIsolated(run: Run, drill: Drill): Promise<{ criterion: Criterion; facts: Isolation }> {
  run.phase('Prove the isolation');
  const { copy, on, plan, database } = drill;
  const facts = await run.probe(
    'Try to reach what serves from the copy',
    () =>
      on.probe.proveIsolation({
        ...copy,
        from: database.service,
        serving: plan.sites,
        channels: plan.channels,
      }),
    (found) => faultOf(found) ?? `${count(found.tried)} tries, none got through`,
  );
  const fault = faultOf(facts);
  if (fault !== undefined)
    return run.giveUp('DR-DRILL-ISOLATION', `the copy ${copy.drills.project} is not isolated: ${fault}`);
  const says = `${count(facts.tried)} connections to what serves were tried from inside, none was made; nothing is shared`;
  return { criterion: { name: 'The copy is isolated', ok: true, says }, facts };
}

/** Why the copy may not be damaged; undefined: it may. */
export function faultOf({ reached, shared, control, tried }: Isolation): string | undefined {
  if (!control.reached)
    return `not even ${control.target}, inside the copy, could be reached, so the tries prove nothing`;
  if (tried === 0) return 'nothing that serves was found that could be tried, so nothing is proven';
  const faults = [
    ...(reached.length > 0 ? [`it reaches ${reached.join(', ')}`] : []),
    ...(shared.length > 0 ? [`it shares ${shared.join(', ')}`] : []),
  ];
  return faults.length > 0 ? faults.join('; ') : undefined;
}
