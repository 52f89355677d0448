import { z } from 'zod';
import { duration, positiveDuration } from './duration';
import { host, name, path, phone, port, secretRef, text } from './common';

const URL = "an https:// address without user name and password, such as 'https://status.example.com'";
const url = z.url({ protocol: /^https?$/, error: URL });
const ORDER = 'a whole number from 1';
const EMAIL = 'an e-mail address';
const TRIES = 'a whole number of tries from 1 to 50';

/** What a recovery reaches on its way; an item of the checklist may be ticked by it. */
export const milestones = [
  'assessed',
  'notified',
  'begun',
  'critical-started',
  'database-serves',
  'failover-active',
  'critical-verified',
  'all-verified',
  'data-verified',
  'validated',
] as const;

/** Whom to call. Roles, not persons: the plan must stay true when people change. */
export const contact = z.strictObject({
  role: text.describe('Role that answers the phone; approvers are named by it.'),
  phone: phone.describe('Phone number with country code.'),
  kind: z.enum(['internal', 'external']).describe('Own team, or a partner.'),
  order: z.int({ error: ORDER }).min(1, { error: ORDER }).describe('Who is called first within the kind: 1, then 2.'),
  email: z
    .email({ error: EMAIL })
    .optional()
    .describe('E-mail address of the role. Default: none, it is told by phone.'),
});

/** A mail server that takes messages for delivery (RFC 6409). */
export const smtp = z.strictObject({
  host: host.describe('Mail server.'),
  port: port.prefault(587).describe('Its port: 587 with STARTTLS, 465 with TLS from the first byte. Default 587.'),
  secure: z
    .boolean({ error: 'true or false' })
    .prefault(false)
    .describe(
      'true: TLS from the first byte. Default false: STARTTLS where it is offered; with a password it must be, except on this machine.',
    ),
  user: text.optional().describe('User to log in as. Default: no login.'),
  password: secretRef.optional().describe('Password of that user. Default: none.'),
  from: z.email({ error: EMAIL }).describe('Address of the sender.'),
});

/** Twilio's HTTP API for text messages. */
export const twilio = z.strictObject({
  account: z
    .string({ error: 'the SID of a Twilio account' })
    .regex(/^[A-Za-z0-9]{2,64}$/, { error: 'the SID of a Twilio account' })
    .describe('SID of the account.'),
  token: secretRef.describe('Its auth token.'),
  from: phone.describe('Number of the sender.'),
  api: url.prefault('https://api.twilio.com').describe('Address of the API. Default https://api.twilio.com.'),
});

/** Any other place that takes a message as JSON by POST. */
export const webhook = z.strictObject({
  name: name.describe('Name for the delivery log.'),
  url: z
    .union([url, secretRef], { error: 'an http(s) address, or a reference to it where the address is a secret' })
    .describe('Address that takes the POST; by reference where it is a secret.'),
  secret: secretRef.optional().describe('Key of the HMAC-SHA256 signature in X-Dr-Signature. Default: unsigned.'),
});

/** How stubborn a delivery is. The pauses between two tries double. */
export const delivery = z.strictObject({
  attempts: z
    .int({ error: TRIES })
    .min(1, { error: TRIES })
    .max(50, { error: TRIES })
    .prefault(8)
    .describe('Tries at most, of one message at one channel. Default 8.'),
  firstPause: positiveDuration.prefault('1s').describe('Pause after the first failed try. Default 1s.'),
  longestPause: positiveDuration.prefault('1m').describe('No pause is longer. Default 1m.'),
});

/** How the on-call chain is called. */
export const onCall = z.strictObject({
  acknowledgeWithin: positiveDuration
    .prefault('5m')
    .describe('Time in which somebody must acknowledge before the next contact is called. Default 5m.'),
  rounds: z
    .int({ error: 'a whole number from 1 to 10' })
    .min(1, { error: 'a whole number from 1 to 10' })
    .max(10, { error: 'a whole number from 1 to 10' })
    .prefault(1)
    .describe('How often the whole chain is called. Default 1.'),
});

/** Where messages go. */
export const channels = z.strictObject({
  email: z.email({ error: EMAIL }).describe('Address for alerts.'),
  sms: phone.describe('Number for text messages.'),
  slack: z
    .string({ error: "a Slack channel, beginning with '#'" })
    .regex(/^#[a-z0-9_-]+$/, { error: "a Slack channel, beginning with '#'" })
    .describe('Slack channel for alerts.'),
  slackWebhook: secretRef
    .optional()
    .describe('Incoming webhook of that channel; its address is a secret. Default: none.'),
  statusPage: url.describe('Status page customers read.'),
  statusPageApi: url.optional().describe('Address that takes incidents by POST. Default: the page is updated by hand.'),
  statusPageToken: secretRef.optional().describe('Token of that address. Default: none is sent.'),
  statusDirectory: path
    .optional()
    .describe("Directory that the gateway serves as the status page, beside the gateway's site worker. Default: none."),
  smtp: smtp.optional().describe('Mail server. Default: e-mail is not configured.'),
  twilio: twilio.optional().describe('Twilio account. Default: SMS is not configured.'),
  webhooks: z.array(webhook).prefault([]).describe('Other places that are told as JSON.'),
  templates: path.prefault('templates').describe("Directory of the messages' templates. Default templates."),
  delivery: delivery.prefault({}).describe('How stubborn a delivery is.'),
});

const phase = {
  phase: name.describe('Name of the phase.'),
  title: text.describe('Title for people.'),
  from: duration.describe('Time after detection at which the phase begins.'),
  to: positiveDuration.optional().describe('Time after detection at which it must be over. Default: open end.'),
};

/** Who is told what in one phase of an incident. */
export const communication = z.strictObject({
  ...phase,
  actions: z.array(text).min(1, { error: 'at least one action' }).describe('What is said to whom.'),
});

const ITEM = "text, or { text, done } where 'done' is a milestone of the recovery";

/** One item: text for people, or with the milestone of a recovery that ticks it. */
export const checklistItem = z.union(
  [
    text,
    z.strictObject({
      text: text.describe('What is ticked off.'),
      done: z
        .enum(milestones, { error: `a milestone: ${milestones.join(', ')}` })
        .describe('Milestone of a recovery that ticks it.'),
    }),
  ],
  { error: ITEM },
);

/** What people tick off in one phase of an incident. */
export const checklistPhase = z.strictObject({
  ...phase,
  items: z.array(checklistItem).min(1, { error: 'at least one item' }).describe('What is ticked off.'),
});

/** What a recovery reaches on its way. */
export type Milestone = (typeof milestones)[number];
/** A mail server. */
export type Smtp = z.output<typeof smtp>;
/** A Twilio account. */
export type Twilio = z.output<typeof twilio>;
/** A place that takes messages as JSON. */
export type Webhook = z.output<typeof webhook>;
/** How the on-call chain is called; times in milliseconds. */
export type OnCall = z.output<typeof onCall>;
/** Whom to call, by role. */
export type Contact = z.output<typeof contact>;
/** Where messages go. */
export type Channels = z.output<typeof channels>;
/** Who is told what in one phase of an incident; times in milliseconds after detection. */
export type Communication = z.output<typeof communication>;
/** What people tick off in one phase of an incident; times in milliseconds after detection. */
export type ChecklistPhase = z.output<typeof checklistPhase>;
