import { z } from 'zod';
import { duration, positiveDuration } from './duration';
import { name, phone, secretRef, text } from './common';

const URL = "an https:// address without user name and password, such as 'https://status.example.com'";
const url = z.url({ protocol: /^https?$/, error: URL });
const ORDER = 'a whole number from 1';

/** Whom to call. Roles, not persons: the plan must stay true when people change. */
export const contact = z.strictObject({
  role: text.describe('Role that answers the phone; approvers are named by it.'),
  phone: phone.describe('Phone number with country code.'),
  kind: z.enum(['internal', 'external']).describe('Own team, or a partner.'),
  order: z.int({ error: ORDER }).min(1, { error: ORDER }).describe('Who is called first within the kind: 1, then 2.'),
});

/** Where messages go. */
export const channels = z.strictObject({
  email: z.email({ error: 'an e-mail address' }).describe('Address for alerts.'),
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

/** What people tick off in one phase of an incident. */
export const checklistPhase = z.strictObject({
  ...phase,
  items: z.array(text).min(1, { error: 'at least one item' }).describe('What is ticked off.'),
});

/** Whom to call, by role. */
export type Contact = z.output<typeof contact>;
/** Where messages go. */
export type Channels = z.output<typeof channels>;
/** Who is told what in one phase of an incident; times in milliseconds after detection. */
export type Communication = z.output<typeof communication>;
/** What people tick off in one phase of an incident; times in milliseconds after detection. */
export type ChecklistPhase = z.output<typeof checklistPhase>;
