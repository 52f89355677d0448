import { createHmac } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import type { Webhook } from '../../plan';
import type { Message, Taken } from '../../workflows/contracts/people';
import { withHeartbeat } from '../shared/heartbeat';
import { secret } from '../shared/secrets';
import { post } from './post';
import { secretAddress } from './secret-address';

export interface CallWebhook {
  webhook: Webhook;
  message: Message;
  /** The same for every try; in `Idempotency-Key` and in the body. */
  key: string;
}

/**
 * Gives a message to a webhook as JSON. With a secret the body is signed: `X-Dr-Signature: sha256=<HMAC-SHA256 in hex>`; the
 * key and the time are inside the signed body, so that an old one cannot be passed off as new.
 * @throws DR-CHANNEL, DR-SECRET
 */
export async function callWebhook({ webhook, message, key }: CallWebhook): Promise<Taken> {
  return withHeartbeat(`webhook ${webhook.name}`, async (_beat, signal) => {
    const { name, url, secret: signing } = webhook;
    const address = typeof url === 'string' ? url : secretAddress(await secret(url), url);
    const { incident, template, severity, subject, email: text, facts, at, by } = message;
    const body = JSON.stringify({ key, incident, template, severity, subject, text, facts, at, by });
    const signature =
      signing &&
      createHmac('sha256', await secret(signing))
        .update(body)
        .digest('hex');
    await post({
      what: `webhook ${name}`,
      url: address,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'idempotency-key': key,
        ...(signature ? { 'x-dr-signature': `sha256=${signature}` } : {}),
      },
      body,
      signal,
    });
    return { state: 'sent', attempts: activityInfo().attempt };
  });
}
