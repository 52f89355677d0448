import { readFile } from 'node:fs/promises';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { fromRoot } from './paths';
import { writeFileAtomically } from './write-file';

/** Text of a site's compose env file. @throws DR-COMPOSE naming it as the plan does, when it cannot be read */
export async function readEnvFile(site: Site): Promise<string> {
  return readFile(fromRoot(site.compose.envFile), 'utf8').catch((error: unknown) => refuse(site, 'read', error));
}

/**
 * Sets one variable of a site's compose env file in one atomic step; everything else in it stays as it is.
 * @throws DR-COMPOSE when the file cannot be read or written, DR-INPUT for a value that would need quoting
 */
export async function setEnvVariable(site: Site, name: string, value: string): Promise<void> {
  const text = await readEnvFile(site);
  const changed = withVariable(text, name, value);
  if (changed !== text)
    await writeFileAtomically(fromRoot(site.compose.envFile), changed).catch((error: unknown) =>
      refuse(site, 'written', error),
    );
}

/** The path as the plan writes it: an absolute one of this machine means nothing in a history. */
function refuse(site: Site, what: 'read' | 'written', error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  throw drFailure(
    'DR-COMPOSE',
    `env file ${site.compose.envFile} of site ${site.name} cannot be ${what}: ${code === 'ENOENT' ? 'there is no such file' : (code ?? message)}`,
    { next: 'Put the file back where the plan says it is, readable and writable by the site worker; then retry.' },
  );
}

/**
 * The text of an env file with one variable set. The last of several lines counts for Compose, so every line of the name
 * is replaced by one.
 * @throws DR-INPUT for a value that would need quoting: volume names never do
 */
export function withVariable(text: string, name: string, value: string): string {
  if (!/^[A-Za-z0-9._:/@+-]*$/.test(value))
    throw drFailure(
      'DR-INPUT',
      `value ${JSON.stringify(value)} for ${name} of an env file: expected letters, digits and . _ : / @ + -`,
    );
  const line = `${name}=${value}`;
  const own = new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`);
  let set = false;
  const kept = text.split('\n').flatMap((one) => {
    if (!own.test(one)) return [one];
    if (set) return [];
    set = true;
    return [line];
  });
  if (set) return kept.join('\n');
  return text === '' || text.endsWith('\n') ? `${text}${line}\n` : `${text}\n${line}\n`;
}
