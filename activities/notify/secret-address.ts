import type { SecretRef } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { describeSecret } from '../shared/secrets';
import { rememberSecret } from '../shared/redact';

/**
 * An address that is a secret, judged without being repeated. Its path alone is as good as the whole, so it is struck out of
 * every quotation, too.
 * @throws DR-SECRET naming the place
 */
export function secretAddress(value: string, reference: SecretRef): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw drFailure('DR-SECRET', `${describeSecret(reference)} does not hold an http(s) address`);
  rememberSecret(url.href);
  if (url.pathname.length > 8) rememberSecret(url.pathname);
  return value;
}
