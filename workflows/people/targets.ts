import type { Contact, Plan } from '../../plan';
import type { Message, ChannelName, Taken } from '../contracts/people';
import type { Refusal } from '../contracts/recovery';
import type { NotifyActivities } from './proxies';

/** One way to one target. Without `send` the plan has no such way. */
export interface Target<M = Message> {
  channel: ChannelName;
  /** As the log shows it; a secret address has only its name. */
  target: string;
  send?: (message: M, key: string) => Promise<Taken>;
}

/** An e-mail to an address. */
export function byEmail(plan: Plan, on: NotifyActivities, to: string): Target {
  const { smtp } = plan.channels;
  return {
    channel: 'email',
    target: to,
    ...(smtp && {
      send: ({ subject, email: text, severity }, key) => on.sendEmail({ smtp, to, subject, text, key, severity }),
    }),
  };
}

/** A text message to a number. */
export function bySms(plan: Plan, on: NotifyActivities, to: string): Target {
  const { twilio } = plan.channels;
  return {
    channel: 'sms',
    target: to,
    ...(twilio && { send: ({ sms: text }) => on.sendSms({ twilio, to, text }) }),
  };
}

/** A post to the Slack channel of the plan. */
export function bySlack(plan: Plan, on: NotifyActivities): Target {
  const { slack: channel, slackWebhook: webhook } = plan.channels;
  return {
    channel: 'slack',
    target: channel,
    ...(webhook && { send: ({ slack: text }, key) => on.postSlack({ webhook, channel, text, key }) }),
  };
}

/** Every webhook of the plan. */
export const byWebhooks = (plan: Plan, on: NotifyActivities): Target[] =>
  plan.channels.webhooks.map((webhook) => ({
    channel: 'webhook',
    target: webhook.name,
    send: (message, key) => on.callWebhook({ webhook, message, key }),
  }));

/** The channels of the plan: whoever watches them is told. */
export const emergency = (plan: Plan, on: NotifyActivities): Target[] => [
  byEmail(plan, on, plan.channels.email),
  bySms(plan, on, plan.channels.sms),
  bySlack(plan, on),
  ...byWebhooks(plan, on),
];

/** A contact's own e-mail address and phone. */
export const toContact = (plan: Plan, on: NotifyActivities, contact: Contact): Target[] => [
  ...(contact.email === undefined ? [] : [byEmail(plan, on, contact.email)]),
  bySms(plan, on, contact.phone),
];

/** Contacts of the plan by their roles; or the reason why not. */
export function contactsOf(plan: Plan, roles: string[]): { contacts: Contact[] } | { refusal: Refusal } {
  const unknown = roles.filter((role) => plan.contacts.every((one) => one.role !== role));
  if (unknown.length === 0) return { contacts: plan.contacts.filter(({ role }) => roles.includes(role)) };
  return {
    refusal: {
      code: 'DR-INPUT',
      message: `audience of the input names ${unknown.map((role) => `"${role}"`).join(', ')}, the plan has: ${plan.contacts.map((one) => one.role).join(', ')}`,
      next: 'Name roles that `dr plan show` lists under contacts, or "emergency".',
    },
  };
}
