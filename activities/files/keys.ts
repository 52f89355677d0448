import { readFile } from 'node:fs/promises';
import { Encrypter, identityToRecipient } from 'age-encryption';
import type { Plan } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { fromRoot } from '../shared/paths';
import { rememberSecret } from '../shared/redact';
import { describeSecret, secret } from '../shared/secrets';

type Keys = Pick<Plan['backups'], 'recipient' | 'identity'>;

/** Lines that say something: a file of `age-keygen` has comments. */
const lines = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/** Public keys that a bundle is encrypted for. @throws DR-SECRET naming the file when it holds none */
export async function recipientsOf({ recipient }: Keys): Promise<string[]> {
  if (typeof recipient === 'string') return [recipient];
  const text = await readFile(fromRoot(recipient.file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw drFailure('DR-SECRET', `recipient file ${recipient.file} cannot be read: ${error.code ?? 'unknown error'}`);
  });
  const found = lines(text);
  for (const one of found)
    try {
      new Encrypter().addRecipient(one);
    } catch {
      throw drFailure('DR-SECRET', `a line of recipient file ${recipient.file} is no age recipient (age1…)`);
    }
  if (found.length > 0) return found;
  throw drFailure('DR-SECRET', `recipient file ${recipient.file} holds no recipient (age1…)`);
}

/** Identities that open a bundle. @throws DR-SECRET naming the place, never the value */
export async function identitiesOf({ identity }: Keys): Promise<string[]> {
  const found = lines(await secret(identity));
  found.forEach(rememberSecret);
  for (const one of found)
    await identityToRecipient(one).catch(() => {
      throw drFailure(
        'DR-SECRET',
        `${describeSecret(identity)} holds a line that is no age identity (AGE-SECRET-KEY-1…)`,
      );
    });
  if (found.length > 0) return found;
  throw drFailure('DR-SECRET', `${describeSecret(identity)} holds no age identity (AGE-SECRET-KEY-1…)`);
}
