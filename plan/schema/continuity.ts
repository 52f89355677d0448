import { z } from 'zod';
import { cadence, name, text, variable } from './common';

/** How the business goes on while systems are down. */
export const businessContinuity = z.strictObject({
  manualProcesses: z
    .array(
      z.strictObject({
        area: text.describe('Part of the business.'),
        process: text.describe('What is done instead.'),
        services: z
          .array(name)
          .prefault([])
          .describe('Services it stands in for: it is begun when one of them is affected. Default: in every incident.'),
      }),
    )
    .prefault([])
    .describe('What people do by hand meanwhile.'),
  reducedFunctionality: z
    .strictObject({
      variable: variable.describe('Key of the env file that switches maintenance mode.'),
      on: text.describe('Value that switches it on.'),
      off: text.describe('Value that switches it off.'),
      essentialServices: z.array(name).describe('Services that go on working in this mode.'),
      notes: z.array(text).prefault([]).describe('What the mode means.'),
    })
    .describe('Maintenance mode.'),
});

/** What people do in an emergency that a procedure cannot decide. */
export const emergency = z.strictObject({
  name: name.describe('Name of the emergency.'),
  title: text.describe('Title for people.'),
  actions: z.array(text).min(1, { error: 'at least one action' }).describe('What is done, in order.'),
});

/** A test of the plan. */
export const test = z.strictObject({
  name: name.describe('Name of the test.'),
  cadence: cadence.optional().describe('How often. Default: whenever it is called for.'),
  steps: z.array(text).min(1, { error: 'at least one step' }).describe('What is tested.'),
});

/** A report that somebody expects. */
export const report = z.strictObject({
  cadence: cadence.describe('How often.'),
  title: text.describe('What it is about.'),
});

/** How the plan is kept true. */
export const maintenance = z.strictObject({
  reviews: z
    .array(z.strictObject({ cadence: cadence.describe('How often.'), subject: text.describe('What is reviewed.') }))
    .describe('Review schedule.'),
  updateTriggers: z.array(text).describe('What makes a review due at once.'),
});

/** How the business goes on while systems are down. */
export type BusinessContinuity = z.output<typeof businessContinuity>;
