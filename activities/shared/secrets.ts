import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import type { SecretRef } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { fromRoot } from './paths';
import { rememberSecret } from './redact';

/**
 * The value behind a reference of the plan, read at the moment of use. It is kept for one purpose only: to be struck out of
 * what programs print.
 * @throws DR-SECRET naming the place, never the value
 */
export async function secret(reference: SecretRef): Promise<string> {
  const value = await read(reference);
  rememberSecret(value);
  return value;
}

/** Where a secret is, in words; never its value. */
export function describeSecret(reference: SecretRef): string {
  if ('env' in reference) return `environment variable ${reference.env} of the worker`;
  return 'file' in reference ? `file ${reference.file}` : `${reference.key} in file ${reference.envFile}`;
}

async function read(reference: SecretRef): Promise<string> {
  if ('env' in reference) {
    const value = process.env[reference.env];
    if (value) return value;
    throw drFailure('DR-SECRET', `environment variable ${reference.env} of the worker is empty or not set`);
  }
  const path = 'file' in reference ? reference.file : reference.envFile;
  let text: string;
  try {
    text = await readFile(fromRoot(path), 'utf8');
  } catch (error) {
    throw drFailure(
      'DR-SECRET',
      `file ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`,
    );
  }
  const value = 'file' in reference ? text.trim() : parseEnv(text)[reference.key];
  if (value) return value;
  throw drFailure(
    'DR-SECRET',
    'file' in reference ? `file ${path} is empty` : `file ${path} has no value for ${reference.key}`,
  );
}
