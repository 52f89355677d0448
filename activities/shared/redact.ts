/**
 * What a program printed may hold what it was given. Everything of that kind that is quoted to a person (failures, logs kept
 * as evidence) comes from `execIn`, `runOneShot`, `compose`, `containerLog` or the engine's own errors, and each of them goes
 * through here before anybody cuts it to length: half a secret is one that nothing finds again.
 */
import { readFile, stat } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import type { Site } from '../../plan';
import { fromRoot, root } from './paths';

/** What stands in a quotation where a secret stood. */
export const censored = '[secret]';

/** Keys of an env file or an environment whose values nobody may read. */
const secretKey = /PASS|SECRET|KEY|TOKEN|CIPHER|CREDENTIAL/i;
/** Keys that only say where a secret lies. */
const place = /(_|^)(FILE|PATH|DIR|VOLUME|PORT|HOST|USER|NAME|ID)$/i;
/** A shorter value is no secret worth the name, and replacing it would make every text unreadable. */
const shortest = 4;

/** Every form in which a known secret may be printed; longest first, so that none is left behind half replaced. */
let known: string[] = [];
/** All of them at once: what stands in the place of one must not be searched for another. */
let anyOfThem: RegExp | undefined;

/** Every form in which a value may be printed. */
export const formsOf = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
];

/** Remembers a secret of this process, so that no quotation shows it. */
export function rememberSecret(value: string): void {
  const fresh = formsOf(value).filter((form) => form.length >= shortest && !known.includes(form));
  if (fresh.length === 0) return;
  known = [...new Set([...known, ...fresh])].sort((a, b) => b.length - a.length);
  anyOfThem = new RegExp(known.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
}

/** Whether a variable of that name holds a secret. */
export const namesSecret = (name: string): boolean => secretKey.test(name) && !place.test(name);

/** Remembers the secrets among the variables of an environment; told by their names. */
export function rememberSecretsIn(variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables)) if (value && namesSecret(name)) rememberSecret(value);
}

/** When each env file was last read. */
const read = new Map<string, number>();

/** Remembers the secrets of a site's compose env file. A file that cannot be read has told nobody anything. */
export async function rememberSecretsOf(site: Site): Promise<void> {
  const path = fromRoot(site.compose.envFile);
  try {
    const { mtimeMs } = await stat(path);
    if (read.get(path) === mtimeMs) return;
    rememberSecretsIn(parseEnv(await readFile(path, 'utf8')));
    read.set(path, mtimeMs);
  } catch {
    return;
  }
}

/** The text without any secret that this process knows, and without the folders of this machine. */
export function redact(text: string): string {
  const clean = anyOfThem ? text.replace(anyOfThem, censored) : text;
  return clean
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*:)[^\s@/"']+@/gi, `$1${censored}@`)
    .replaceAll(`${root()}/`, '');
}

/** The same for output of a program that ran at a site. */
export async function redacted(site: Site, text: string): Promise<string> {
  if (text === '') return text;
  await rememberSecretsOf(site);
  return redact(text);
}

/** The failure of an activity as it may leave the worker: the last look, for what reached a sentence some other way. */
export function redactFailure(error: unknown): never {
  if (!(error instanceof ApplicationFailure)) throw error;
  const { message, type, nonRetryable } = error;
  const given: unknown[] = error.details ?? [];
  const clean = redactAll({ message, details: given });
  if (JSON.stringify(clean) === JSON.stringify({ message, details: given })) throw error;
  throw ApplicationFailure.create({ ...clean, nonRetryable: nonRetryable ?? false, ...(type ? { type } : {}) });
}

/** Every text inside a value. */
function redactAll<T>(value: T): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map(redactAll) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, redactAll<unknown>(part)])) as T;
}
