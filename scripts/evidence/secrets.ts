/**
 * A bundle is handed to others. Every secret that this machine knows is looked for in every file of it, in every form in
 * which it may be printed; where one is found the file is named, and what kind of secret, never the value.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Plan, SecretRef } from '../../plan';
import { fromRoot } from '../../activities/shared/paths';
import { formsOf, namesSecret } from '../../activities/shared/redact';
import { describeSecret, secret } from '../../activities/shared/secrets';

/** A shorter value stands in many a text by chance; it is named as not looked for. Characters. */
export const shortest = 8;
/** Shortest line of a key file that is looked for by itself. Characters. */
const shortestLine = 24;

/** A secret by the place it was found at, and everything that must be in no file. */
export interface Needle {
  name: string;
  forms: Buffer[];
}

export interface KnownSecrets {
  needles: Needle[];
  /** Those that are too short to be looked for. */
  tooShort: string[];
}

/** What is a secret whoever it belongs to. */
const telling: [name: string, pattern: RegExp][] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an age identity', /AGE-SECRET-KEY-1[0-9A-Z]{20}/i],
];

/** @param plan whose references are read @param environment of this process */
export async function knownSecrets(
  plan: Plan | undefined,
  environment: Record<string, string | undefined>,
): Promise<KnownSecrets> {
  const values = new Map<string, string>();
  for (const reference of refsIn(plan)) {
    // One that is not on this machine can be in no file that was made here.
    const value = await secret(reference).catch(() => undefined);
    if (value !== undefined) values.set(describeSecret(reference), value);
  }
  for (const { compose } of plan?.sites ?? []) {
    const variables = parseEnv(await readFile(fromRoot(compose.envFile), 'utf8').catch(() => ''));
    for (const [name, value] of Object.entries(variables))
      if (value && namesSecret(name)) values.set(`${name} in file ${compose.envFile}`, value);
  }
  for (const [name, value] of Object.entries(environment))
    if (value && namesSecret(name)) values.set(`environment variable ${name}`, value);
  return needlesOf(values);
}

/** @param values by the words that name where each is */
export function needlesOf(values: ReadonlyMap<string, string>): KnownSecrets {
  const needles: Needle[] = [];
  const tooShort: string[] = [];
  for (const [name, value] of values) {
    if (value.length < shortest) tooShort.push(name);
    else needles.push({ name, forms: partsOf(value).flatMap(allForms) });
  }
  return { needles, tooShort };
}

/** The value, and each line of one that has several: half a key is a key. */
function partsOf(value: string): string[] {
  const lines = value.split('\n').map((line) => line.trim());
  if (lines.length === 1) return [value];
  return [value, ...lines.filter((line) => line.length >= shortestLine && !/^(#|-----)/.test(line))];
}

const allForms = (value: string): Buffer[] => {
  const html = value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
  const twice = JSON.stringify(JSON.stringify(value)).slice(3, -3);
  const forms = [...formsOf(value), html, html.replace(/'/g, '&#39;'), twice, Buffer.from(value).toString('base64')];
  return [...new Set(forms)].map((form) => Buffer.from(form));
};

/** Every reference to a secret in a plan. */
export function refsIn(value: unknown): SecretRef[] {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (value === null || typeof value !== 'object') return [];
  const keys = Object.keys(value).sort().join();
  const texts = Object.values(value).every((one) => typeof one === 'string');
  if (texts && ['env', 'file', 'envFile,key'].includes(keys)) return [value as SecretRef];
  return Object.values(value).flatMap(refsIn);
}

/** Payloads of a history are base64: what they hold, behind the text itself. */
const withPayloads = (content: Buffer): Buffer =>
  Buffer.concat([
    content,
    ...[...content.toString('utf8').matchAll(/"data":\s*"([A-Za-z0-9+/=]*)"/g)].map(([, data]) =>
      Buffer.from(data ?? '', 'base64'),
    ),
  ]);

/** Secrets in one content, by their names. */
export function secretsIn(content: Buffer, { needles }: KnownSecrets): string[] {
  const text = content.toString('latin1');
  return [
    ...needles
      .filter(({ forms }) => forms.some((form) => content.includes(form)))
      .map(({ name }) => `the value of ${name}`),
    ...telling.filter(([, pattern]) => pattern.test(text)).map(([name]) => name),
  ];
}

/** @param files paths below the folder @returns a sentence for each secret in each file */
export async function scan(folder: string, files: readonly string[], known: KnownSecrets): Promise<string[]> {
  const found: string[] = [];
  for (const path of files) {
    const content = await readFile(join(folder, path));
    const whole = path.startsWith('histories/') ? withPayloads(content) : content;
    for (const name of new Set(secretsIn(whole, known))) found.push(`${path}: ${name} is in it`);
  }
  return found;
}
