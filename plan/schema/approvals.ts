import { z } from 'zod';
import { positiveDuration, duration } from './duration';
import { text } from './common';

const GATE = "the name of a gate, such as 'pitr.cut-over'";
const YEAR = 366 * 86_400_000;
const YEAR_AT_MOST = 'a year at most';
const TRANSACTIONS = 'a whole number of transactions, 0 or more';

/** Who may let a run pass a gate, and for how long the question stands. */
export const approvalPolicy = z.strictObject({
  gate: z
    .string({ error: GATE })
    .regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/, { error: GATE })
    .describe("Gate this is about: '<procedure>.<point>'."),
  approvers: z
    .array(text)
    .min(1, { error: 'at least one role' })
    .describe('Roles that may approve; each is a contact of the plan.'),
  expires: positiveDuration
    .refine((ms) => ms <= YEAR, { error: YEAR_AT_MOST })
    .describe('How long the run waits for an answer.'),
  onExpiry: z.literal('reject').describe('What silence means: reject. A run never takes silence for consent.'),
  driftTolerance: z
    .strictObject({
      seconds: duration.describe('How much more time may be lost than the card showed.'),
      transactions: z
        .int({ error: TRANSACTIONS })
        .min(0, { error: TRANSACTIONS })
        .describe('How many more transactions may be lost than the card showed.'),
    })
    .describe('How far the facts may move after approval before it is void and the gate opens again.'),
});

/** Who may let a run pass a gate; durations in milliseconds. */
export type ApprovalPolicy = z.output<typeof approvalPolicy>;
