import { sleep } from '@temporalio/workflow';
import type { Approval } from '../contracts/approval';
import type { RowCount } from '../contracts/drill';
import { databaseResource, recoveryLock } from '../contracts/names';
import { count } from '../contracts/words';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import { judgeEnd, procedureOf, type Drill, type Loss } from './context';

/** Between the moment that is recovered to and the damage, milliseconds: commits of both sides tell them apart. */
const apartMs = 2_000;

/** Part "Data recovery": a table of the copy is dropped, and a point-in-time recovery brings back every row of it. */
export const loseTable: Loss = {
  will: ({ copy, database }) => `Drop table ${copy.drills.table.name} of ${database.name}.`,
  lose,
};

async function lose(run: Run, drill: Drill, approval: Approval): Promise<Criterion[]> {
  run.phase('Lose a table');
  const { copy, database, on } = drill;
  const table = copy.drills.table.name;
  const counted = () => on.probe.countRows({ site: copy.site, database, table });
  const rows = ({ rows: found }: RowCount): string => words(found);
  const before = await run.probe(`Count ${table}`, counted, rows);
  const name = `Recovery of table ${table}`;
  if (!before.rows) return [{ name, ok: false, says: `${table} has no rows before it is lost: nothing can be proven` }];
  await sleep(apartMs);
  const dropped = await run.irreversible(`Drop ${table} of the copy`, approval, ({ reference }) =>
    run.change(`Drop ${table}`, () => on.brief.dropTable({ ...copy, database, table, approval: reference })),
  );
  const child = procedureOf(drill, {
    procedure: 'pointInTimeRecovery',
    lock: recoveryLock(databaseResource(database.name)),
    input: {
      database: database.name,
      target: { kind: 'time', time: before.at },
      disasterAt: dropped.at,
    },
    onCopy: true,
  });
  const end = await run.childResult(`Recover ${database.name} to ${before.at}`, child);
  const judged = judgeEnd(name, end);
  if (!('report' in end)) return judged;
  const after = await run.probe(`Count ${table} again`, counted, rows);
  return [
    ...judged,
    {
      name: `Rows of ${table}`,
      ok: dropped.rows === null && after.rows === before.rows,
      says: `${count(before.rows)} before it was dropped, ${words(dropped.rows)} after, ${words(after.rows)} recovered`,
    },
  ];
}

const words = (rows: number | null): string => (rows === null ? 'no such table' : count(rows));
