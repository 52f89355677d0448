import { drFailure } from '../../workflows/contracts/errors';

/**
 * The text of a pgbouncer `[databases]` file with the host of one database replaced; everything else stays as it is
 * (pgbouncer manual, "Section [databases]").
 * @throws DR-POOLER when the file has no such database
 */
export function withHost(text: string, database: string, host: string): string {
  let found = false;
  const lines = text.split('\n').map((line) => {
    const match = /^(\s*"?([^\s="]+)"?\s*=\s*)(.*)$/.exec(line);
    if (!match || match[2] !== database || /^\s*[;#]/.test(line)) return line;
    found = true;
    const [, head = '', , settings = ''] = match;
    // A value is quoted with ' when it holds blanks; '' inside stands for one '.
    const own = /(^|\s)host\s*=\s*(?:'(?:[^']|'')*'|\S*)/;
    return own.test(settings)
      ? head + settings.replace(own, `$1host=${host}`)
      : `${head}host=${host} ${settings}`.trimEnd();
  });
  if (!found) throw drFailure('DR-POOLER', `the databases file of the pooler has no line for ${database}`);
  return lines.join('\n');
}
