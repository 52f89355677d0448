import { drFailure } from '../../workflows/contracts/errors';

interface Line {
  /** Everything up to the settings. */
  head: string;
  settings: string;
}

// A value is quoted with ' when it holds blanks; '' inside stands for one '.
const own = /(^|\s)host\s*=\s*('(?:[^']|'')*'|\S*)/;

/** The line of one database; undefined for every other line (pgbouncer manual, "Section [databases]"). */
function lineOf(line: string, database: string): Line | undefined {
  const match = /^(\s*"?([^\s="]+)"?\s*=\s*)(.*)$/.exec(line);
  if (!match || match[2] !== database || /^\s*[;#]/.test(line)) return undefined;
  return { head: match[1] ?? '', settings: match[3] ?? '' };
}

/** Host that the file names for a database; undefined when it names none. @throws DR-POOLER when it has no such database */
export function hostOf(text: string, database: string): string | undefined {
  for (const line of text.split('\n')) {
    const found = lineOf(line, database);
    if (!found) continue;
    const value = own.exec(found.settings)?.[2];
    return value?.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value;
  }
  throw none(database);
}

/**
 * The text of a pgbouncer `[databases]` file with the host of one database replaced; everything else stays as it is.
 * @throws DR-POOLER when the file has no such database
 */
export function withHost(text: string, database: string, host: string): string {
  let found = false;
  const lines = text.split('\n').map((line) => {
    const at = lineOf(line, database);
    if (!at) return line;
    found = true;
    const { head, settings } = at;
    return own.test(settings)
      ? head + settings.replace(own, `$1host=${host}`)
      : `${head}host=${host} ${settings}`.trimEnd();
  });
  if (!found) throw none(database);
  return lines.join('\n');
}

const none = (database: string): Error =>
  drFailure('DR-POOLER', `the databases file of the pooler has no line for ${database}`);
