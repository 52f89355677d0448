import { activityInfo } from '@temporalio/activity';
import type { SecretRef } from '../../plan';
import type { Taken } from '../../workflows/contracts/people';
import { withHeartbeat } from '../shared/heartbeat';
import { secret } from '../shared/secrets';
import { post } from './post';
import { secretAddress } from './secret-address';

export interface PostSlack {
  webhook: SecretRef;
  /** Name of the channel, for sentences: the webhook itself knows where it posts. */
  channel: string;
  text: string;
  key: string;
}

/**
 * Posts to a Slack channel by its incoming webhook, whose address is a secret. Slack has no idempotency key: after an answer
 * that was lost the same text may stand there twice.
 * @throws DR-CHANNEL, DR-SECRET
 */
export async function postSlack({ webhook, channel, text, key }: PostSlack): Promise<Taken> {
  return withHeartbeat(`Slack ${channel}`, async (_beat, signal) => {
    const url = secretAddress(await secret(webhook), webhook);
    await post({
      what: `Slack (${channel})`,
      url,
      headers: { 'content-type': 'application/json; charset=utf-8', 'idempotency-key': key },
      body: JSON.stringify({ text, unfurl_links: false, unfurl_media: false }),
      signal,
    });
    return { state: 'sent', attempts: activityInfo().attempt };
  });
}
