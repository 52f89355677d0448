import { readFile, rename, writeFile } from 'node:fs/promises';
import { envFile } from './layout';

/** Reads `KEY=value` lines; comments and empty lines are skipped, values are taken as they are. */
export function parseEnv(text: string): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim());
    if (match?.[1]) entries[match[1]] = match[2] ?? '';
  }
  return entries;
}

/** The env file of a project's state directory. Empty when there is none. */
export async function readEnv(project: string): Promise<Record<string, string>> {
  try {
    return parseEnv(await readFile(envFile(project), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** Writes it whole or not at all, readable by its owner only: it holds every password of the platform. */
export async function writeEnv(project: string, entries: Record<string, string>): Promise<void> {
  const file = envFile(project);
  const text = Object.entries(entries).map(([key, value]) => `${key}=${value}\n`);
  await writeFile(`${file}.new`, text.join(''), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
