import { activityInfo } from '@temporalio/activity';
import type { SecretRef } from '../../plan';
import type { Taken } from '../../workflows/contracts/people';
import { withHeartbeat } from '../shared/heartbeat';
import { secret } from '../shared/secrets';
import { post } from './post';

export interface PostStatusApi {
  /** Address of the plan that takes incidents by POST. */
  api: string;
  token?: SecretRef;
  name: string;
  status: string;
  message: string;
  key: string;
}

/**
 * Tells the API of a status page elsewhere: `{name, status, message}`, with the token as bearer.
 * @throws DR-CHANNEL, DR-SECRET
 */
export async function postStatusApi({ api, token, name, status, message, key }: PostStatusApi): Promise<Taken> {
  return withHeartbeat('API of the status page', async (_beat, signal) => {
    await post({
      what: `API of the status page at ${new URL(api).host}`,
      url: api,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'idempotency-key': key,
        ...(token ? { authorization: `Bearer ${await secret(token)}` } : {}),
      },
      body: JSON.stringify({ name, status, message }),
      signal,
    });
    return { state: 'sent', attempts: activityInfo().attempt };
  });
}
