/** Words of the procedures that tell people something and wait until one of them answers. */
import { defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import { startedBy } from './input';
import { longestWaitMs } from './limits';
import type { Accepted } from './messages';

const KEY = "expected lower-case letters, digits and '-', at most 60 characters, e.g. 2026-11-22-orders";

/** Name of an incident, in ids and on the status page. */
export const incident = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,59}$/, KEY)
  .describe('name of the incident, e.g. 2026-11-22-orders');
/** Tells messages or updates of one incident apart. */
export const messageKey = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, KEY);

export const severities = ['critical', 'major', 'minor', 'info'] as const;
export const severity = z
  .enum(severities, { error: `expected ${severities.join(', ')}` })
  .describe('how bad it is: critical, major, minor or info');

/** Placeholders that every template may use; facts have other names. */
export const standardNames = [
  'incident',
  'severity',
  'reason',
  'by',
  'at',
  'facts',
  'plan',
  'organisation',
  'statusPage',
  'ref',
] as const;

const FACT =
  "expected names that begin with a letter and hold letters, digits, blanks, '_' and '-', at most 40 characters";

export const facts = z
  .record(z.string().regex(/^[A-Za-z][A-Za-z0-9 _-]{0,39}$/, FACT), z.string().trim().min(1).max(1000))
  .refine((given) => Object.keys(given).length <= 30, 'expected 30 facts at most')
  .refine(
    (given) => standardNames.every((name) => !(name in given)),
    `expected facts of other names than ${standardNames.join(', ')}, which every message has`,
  )
  .describe('what is known, by name; a template uses {{name}}. The templates of this project need summary');

export const notifyInputSchema = z.strictObject({
  incident,
  template: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected the name of a template, e.g. incident-opened')
    .describe('incident-opened, update, escalation, resolved, test, or one of your own'),
  key: messageKey
    .optional()
    .describe('tells messages of one incident apart; default: the name of the template. Part of the workflow id'),
  severity,
  audience: z
    .union([z.literal('emergency'), z.array(z.string().trim().min(1).max(100)).min(1).max(50)], {
      error: 'expected "emergency" or a list of roles of the plan',
    })
    .default('emergency')
    .describe('"emergency": the channels of the plan; or roles, told by their own e-mail and phone'),
  facts: facts.default({}),
  ...startedBy,
});
export type NotifyInput = z.infer<typeof notifyInputSchema>;

export const onCallInputSchema = z.strictObject({
  incident,
  severity,
  summary: z.string().trim().min(1).max(500).describe('what has happened, in a sentence'),
  acknowledgeWithinMs: z
    .int()
    .min(100)
    .max(longestWaitMs)
    .optional()
    .describe('milliseconds each contact has; default: onCall of the plan'),
  ...startedBy,
});
export type OnCallInput = z.infer<typeof onCallInputSchema>;

/** `acknowledge`: somebody has heard it and deals with it. */
export const acknowledgeSchema = z.strictObject({
  by: z.string().trim().min(1).max(200).describe('who acknowledges: a person or a role'),
  note: z.string().trim().min(1).max(2000).optional().describe('what the others should know'),
});
export type AcknowledgeMessage = z.infer<typeof acknowledgeSchema>;
export const acknowledgeUpdate = defineUpdate<Accepted, [AcknowledgeMessage]>('acknowledge');
export const acknowledgeSignal = defineSignal<[AcknowledgeMessage]>('acknowledge');

/** A message as it goes out, one text per channel. */
export interface Message {
  incident: string;
  template: string;
  severity: string;
  subject: string;
  email: string;
  /** 160 characters at most. */
  sms: string;
  slack: string;
  /** UTC. */
  at: string;
  by: string;
  facts: Record<string, string>;
}

export const channelNames = ['email', 'sms', 'slack', 'webhook', 'status-api'] as const;
export type ChannelName = (typeof channelNames)[number];

/** One line of the delivery log: one message, one channel, one target. */
export interface Delivery {
  channel: ChannelName;
  /** Where it goes; where the address is a secret, its name. */
  target: string;
  /**
   * `accepted`: the mail server or the SMS service took it and delivers it itself. `sent`: it stands where people read it.
   * `not-configured`: the plan names no way there. `stopped`: no longer needed before it got through.
   */
  state: 'sending' | 'accepted' | 'sent' | 'failed' | 'stopped' | 'not-configured';
  /** Tries so far; null when the last one did not come back to say. */
  attempts: number | null;
  /** UTC; of the state. */
  at: string;
  problem?: string;
  /** What the channel calls the message. */
  id?: string;
}

/** That a channel took a message. */
export interface Taken {
  state: 'accepted' | 'sent';
  attempts: number;
  id?: string;
}

/** Whether it is out of our hands and on its way to a person. */
export const got = ({ state }: Pick<Delivery, 'state'>): boolean => state === 'accepted' || state === 'sent';
