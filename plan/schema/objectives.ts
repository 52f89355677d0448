import { z } from 'zod';
import { duration, positiveDuration } from './duration';
import { text } from './common';

const PERCENT = 'a percentage above 0 and at most 100, such as 99.9';

/** A class of services with one pair of objectives. A run is judged by the tier of what it recovers. */
export const tier = z.strictObject({
  name: z
    .string({ error: "the short name of a tier, such as 'P1'" })
    .regex(/^[A-Z][A-Z0-9-]{0,15}$/, { error: "the short name of a tier in capital letters and digits, such as 'P1'" })
    .describe("Short name that services refer to, such as 'P1'."),
  title: text.describe('What the tier means, for people.'),
  rto: positiveDuration.describe('Recovery time objective: longest time from detection to verified service.'),
  rpo: duration.describe('Recovery point objective: longest stretch of acknowledged work that may be lost.'),
});

/** The objectives of the plan as a whole, beside those of the tiers. */
export const objectives = z.strictObject({
  fullSystem: z
    .strictObject({
      rto: positiveDuration.describe('Longest time until everything is back.'),
      rpo: duration.describe('Longest loss over all data.'),
    })
    .describe('Objectives of a recovery of the whole system.'),
  kpis: z
    .strictObject({
      mttr: positiveDuration.describe('Mean time to recovery over a period, target.'),
      rto: positiveDuration.describe('Recovery time over a period, target.'),
      rpo: duration.describe('Recovery point over a period, target.'),
      availability: z
        .number({ error: PERCENT })
        .positive({ error: PERCENT })
        .max(100, { error: PERCENT })
        .describe('Availability of the services over a period, target, in percent.'),
    })
    .describe('Aggregates over a period. They are laxer than the tiers and never excuse a single run.'),
  primary: z.array(text).prefault([]).describe('Primary objectives in words.'),
  secondary: z.array(text).prefault([]).describe('Secondary objectives in words.'),
});

/** A class of services with one RTO and one RPO, both in milliseconds. */
export type Tier = z.output<typeof tier>;
/** The objectives of the plan as a whole; durations in milliseconds. */
export type Objectives = z.output<typeof objectives>;
