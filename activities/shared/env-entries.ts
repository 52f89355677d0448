import { parseEnv } from 'node:util';

/** One variable of an env file, with the lines it is made of. */
export interface EnvEntry {
  key: string;
  /** Its lines as they stand; a quoted value may have several. */
  raw: string;
}

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;

/**
 * Takes an env file apart.
 * @returns `garbage`: there is a line that is no variable, no comment and not empty, so that Compose would not read the file
 */
export function envEntries(text: string): { entries: EnvEntry[]; garbage: boolean } {
  const lines = text.split('\n');
  const entries: EnvEntry[] = [];
  let garbage = text.includes('\0') || text.includes('\uFFFD');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const match = assignment.exec(line);
    if (!match) {
      if (!/^\s*(#.*)?$/.test(line)) garbage = true;
      continue;
    }
    const value = match[2] ?? '';
    const quote = /^["']/.exec(value)?.[0];
    let end = at;
    // An unescaped quote closes it, some lines later perhaps.
    const closes = (part: string): boolean =>
      quote === undefined || new RegExp(`(^|[^\\\\])${quote}\\s*(#.*)?$`).test(part);
    if (!closes(value.slice(1))) {
      while (end < lines.length && (end === at || !closes(lines[end] ?? ''))) end += 1;
      if (end >= lines.length) {
        garbage = true;
        end = at;
      }
    }
    entries.push({ key: match[1] ?? '', raw: lines.slice(at, end + 1).join('\n') });
    at = end;
  }
  return { entries, garbage };
}

/**
 * Values by key, as far as they can be read: a line that is garbage takes nothing else with it, which it does where the text
 * is parsed as a whole.
 */
export function envValues(text: string): Record<string, string> {
  return Object.fromEntries(envEntries(text).entries.map(({ key, raw }) => [key, parseEnv(raw)[key] ?? '']));
}
