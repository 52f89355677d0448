/** A table of text as Markdown, its columns aligned so that it reads well in a terminal too. */
export function table(head: string[], rows: string[][]): string {
  const safe = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')));
  const widths = head.map((_, column) => Math.max(3, ...safe.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [title = [], ...body] = safe;
  return [line(title), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** A list of text as Markdown. */
export function bullets(items: string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** A titled part of the page; a part without content is left out. */
export function section(title: string, ...parts: string[]): string {
  const content = parts.filter((part) => part !== '').join('\n\n');
  return content === '' ? '' : `## ${title}\n\n${content}`;
}
