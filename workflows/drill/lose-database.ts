import type { Approval } from '../contracts/approval';
import { recoveryLock } from '../contracts/names';
import { systemResource } from '../contracts/system';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import { judgeEnd, procedureOf, type Drill, type Loss } from './context';

/** Part "Database failure": the server of the copy's database is killed; a full-system recovery finds that, and brings it back. */
export const loseDatabase: Loss = {
  will: ({ database }) => `Kill the server of ${database.name}.`,
  lose,
};

async function lose(run: Run, drill: Drill, approval: Approval): Promise<Criterion[]> {
  run.phase('Lose the database');
  const { database, copy, on } = drill;
  await run.irreversible(`Kill the server of ${database.name} of the copy`, approval, ({ reference }) =>
    run.change(`Kill ${database.service}`, () =>
      on.brief.killService({ ...copy, service: database.service, approval: reference }),
    ),
  );
  const child = procedureOf(drill, {
    procedure: 'fullSystemRecovery',
    lock: recoveryLock(systemResource),
    input: { tell: false },
    onCopy: true,
  });
  const end = await run.childResult(`Recover ${database.name} and what needs it`, child);
  const idle = 'report' in end && end.report.result['needed'] === false;
  const name = `Recovery of database ${database.name}`;
  return idle ? [{ name, ok: false, says: 'it was killed, and the recovery found it well' }] : judgeEnd(name, end);
}
