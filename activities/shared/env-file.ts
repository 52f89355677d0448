import { readFile } from 'node:fs/promises';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { fromRoot } from './paths';
import { writeFileAtomically } from './write-file';

/** Sets one variable of a site's compose env file in one atomic step; everything else in it stays as it is. */
export async function setEnvVariable(site: Site, name: string, value: string): Promise<void> {
  const path = fromRoot(site.compose.envFile);
  const text = await readFile(path, 'utf8');
  const changed = withVariable(text, name, value);
  if (changed !== text) await writeFileAtomically(path, changed);
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
