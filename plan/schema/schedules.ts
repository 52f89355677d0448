import { z } from 'zod';
import { cron } from './cron';
import { positiveDuration } from './duration';
import { name, procedure, text } from './common';

/** A procedure that runs by the clock (a Temporal Schedule). */
export const schedule = z.strictObject({
  name: name.describe('Name of the schedule.'),
  description: text.describe('What it is for.'),
  procedure: procedure.describe('Procedure that is started.'),
  input: z
    .record(z.string(), z.json())
    .prefault({})
    .describe('Input of the procedure, one JSON object. Never a secret.'),
  cron: cron.describe('When it starts: a cron line of five fields.'),
  timezone: z.literal('UTC').prefault('UTC').describe('Time zone of the cron line.'),
  overlap: z
    .enum(['skip', 'buffer-one', 'allow'])
    .prefault('skip')
    .describe('What happens when the one before still runs: leave this one out, let it wait, or run both.'),
  catchUp: positiveDuration
    .prefault('10m')
    .describe('How late a start may be made good after an outage of the control plane. Default: 10m.'),
  window: positiveDuration
    .optional()
    .describe('Longest time a run may take before it counts as failed. Default: no limit.'),
  enabled: z
    .boolean({ error: 'true or false' })
    .prefault(true)
    .describe('false: on paper only, the schedule is not created.'),
});

/** A procedure that runs by the clock; durations in milliseconds, cron line in UTC. */
export type Schedule = z.output<typeof schedule>;
