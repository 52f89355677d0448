import { databaseResource, testLock } from '../contracts/names';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import { judgeEnd, procedureOf, type Drill } from './context';

/** Part "Backup restoration": the backups of what serves, each database to a moment that is drawn, in an isolated copy of its own. */
export async function restoreBackups(run: Run, drill: Drill): Promise<Criterion[]> {
  run.phase('Restore the backups');
  const criteria: Criterion[] = [];
  for (const { name } of drill.plan.databases) {
    const child = procedureOf(drill, {
      procedure: 'restoreTest',
      lock: testLock(databaseResource(name)),
      input: { database: name },
      onCopy: false,
      // It, too, competes with what serves for the machine.
      endsWithCaller: true,
    });
    criteria.push(...judgeEnd(`Backup of ${name}`, await run.childResult(`Restore the backup of ${name}`, child)));
  }
  return criteria;
}
