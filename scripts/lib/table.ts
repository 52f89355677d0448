/** Columns as wide as their widest value; the last one runs free. */
export function textTable(columns: string[], rows: string[][]): string[] {
  const all = [columns, ...rows];
  const widths = columns.map((_name, index) => Math.max(...all.map((row) => (row[index] ?? '').length)));
  return all.map((row) =>
    row
      .map((value, index) => (index === columns.length - 1 ? value : value.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
