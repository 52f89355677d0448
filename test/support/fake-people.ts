import { activityInfo, cancelled } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import * as notify from '../../activities/notify';
import { withHeartbeats } from '../../activities/shared/heartbeat';
import type { Taken } from '../../workflows/contracts/people';

type Channel = Exclude<keyof typeof notify, 'renderMessage' | 'checkChannels'>;

/** Channels that take what they are told, or fail as a test plants it. Messages are rendered for real. */
export class FakePeople {
  /** What each channel was given, in order. */
  readonly told: { channel: Channel; args: Record<string, unknown> }[] = [];
  /** Channels that never answer: they hang until they are told to stop. */
  readonly hanging = new Set<Channel>();
  /** Channels that refuse for good. */
  readonly refusing = new Set<Channel>();
  /** The channel that a recovery test plants as dead takes what it is told. */
  deaf = false;
  /** The real activities instead: they reach whatever the plan names. */
  real = false;

  activities(): typeof notify {
    if (this.real) return withHeartbeats(notify);
    const { renderMessage, checkChannels } = notify;
    const fake =
      (channel: Channel) =>
      async (args: object): Promise<Taken> => {
        this.told.push({ channel, args: { ...args } });
        if (this.hanging.has(channel)) await cancelled();
        const { name } = (args as { webhook?: { name: string } }).webhook ?? {};
        if (this.refusing.has(channel) || (name === 'planted-dead-channel' && !this.deaf))
          throw ApplicationFailure.nonRetryable(`${channel} refused`, 'DR-CHANNEL', {
            details: { attempts: activityInfo().attempt },
          });
        return { state: channel === 'sendEmail' || channel === 'sendSms' ? 'accepted' : 'sent', attempts: 1 };
      };
    return withHeartbeats({
      renderMessage,
      checkChannels,
      sendEmail: fake('sendEmail'),
      sendSms: fake('sendSms'),
      postSlack: fake('postSlack'),
      callWebhook: fake('callWebhook'),
      postStatusApi: fake('postStatusApi'),
    });
  }

  /** Whom a channel was told for, by a field of what it was given. */
  by(channel: Channel, field: string): unknown[] {
    return this.told.filter((one) => one.channel === channel).map((one) => one.args[field]);
  }
}
