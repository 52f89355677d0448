import type { TableCount } from '../../workflows/contracts/recovery';
import type { TableRows } from './count-tables';

/** Row counts of both servers side by side, by name. `now` undefined: the damaged server does not answer. */
export function compareTables(now: TableRows[] | undefined, after: TableRows[]): TableCount[] {
  const damaged = new Map((now ?? []).map((one) => [one.table, one]));
  const copy = new Map(after.map((one) => [one.table, one]));
  return [...new Set([...damaged.keys(), ...copy.keys()])].sort().map((table) => {
    const left = damaged.get(table);
    const right = copy.get(table);
    const notes = [
      ...(now && !left ? ['dropped on the damaged server'] : []),
      ...(right ? [] : ['made after the target: not in the copy']),
      ...(left?.note ? [`damaged server: ${left.note}`] : []),
      ...(right?.note ? [right.locked ? right.note : `copy: ${right.note}`] : []),
    ];
    return {
      table,
      now: left?.rows ?? null,
      after: right?.rows ?? null,
      ...(right?.locked ? { locked: true } : {}),
      ...(notes.length > 0 ? { note: notes.join('; ') } : {}),
    };
  });
}
