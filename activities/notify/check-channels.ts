import type { Channels, SecretRef } from '../../plan';
import { problemOf } from '../../workflows/contracts/errors';
import type { ChannelFacts } from '../../workflows/contracts/readiness';
import { withHeartbeat } from '../shared/heartbeat';
import { secret } from '../shared/secrets';
import { secretAddress } from './secret-address';

/** Which channels the plan configures, and whether the secret of each can be read where it would be used. Sends nothing. */
export async function checkChannels({ channels }: { channels: Channels }): Promise<ChannelFacts[]> {
  const { email, sms, slack, smtp, twilio, slackWebhook, webhooks, statusPageApi, statusPageToken } = channels;
  return withHeartbeat('looking at the channels', () =>
    Promise.all([
      judge('email', email, smtp !== undefined, () => read(smtp?.password)),
      judge('sms', sms, twilio !== undefined, () => read(twilio?.token)),
      judge('slack', slack, slackWebhook !== undefined, () => readAddress(slackWebhook)),
      ...webhooks.map(({ name, url, secret: key }) =>
        judge('webhook', name, true, async () => {
          if (typeof url !== 'string') await readAddress(url);
          await read(key);
        }),
      ),
      // An API without a token may want none.
      judge('status-api', '', statusPageApi !== undefined && statusPageToken !== undefined, () =>
        read(statusPageToken),
      ),
    ]),
  );
}

const read = async (reference: SecretRef | undefined): Promise<void> => {
  if (reference) await secret(reference);
};

const readAddress = async (reference: SecretRef | undefined): Promise<void> => {
  if (reference) secretAddress(await secret(reference), reference);
};

async function judge(
  channel: ChannelFacts['channel'],
  target: string,
  configured: boolean,
  examine: () => Promise<void>,
): Promise<ChannelFacts> {
  const facts = { channel, target, configured };
  if (!configured) return facts;
  try {
    await examine();
    return facts;
  } catch (error) {
    return { ...facts, problem: problemOf(error).message };
  }
}
