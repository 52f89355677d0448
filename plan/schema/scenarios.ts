import { z } from 'zod';
import { positiveDuration } from './duration';
import { name, procedure, text } from './common';

/** One disaster the plan prepares for. */
export const scenario = z.strictObject({
  name: name.describe('Name of the scenario.'),
  title: text.describe('Title for people.'),
  risk: z.enum(['high', 'medium', 'low']).describe('Class of risk the assessment puts it in.'),
  probability: z.enum(['low', 'medium', 'high']).describe('How likely it is.'),
  impact: z.enum(['low', 'medium', 'high']).describe('How much it hurts.'),
  recoveryTime: z
    .strictObject({ min: positiveDuration.describe('Best case.'), max: positiveDuration.describe('Worst case.') })
    .refine((range) => range.min <= range.max, { error: 'a range whose min is not above its max' })
    .describe('Expected time to recover. An estimate; a run is judged by the tier.'),
  mitigation: z
    .array(text)
    .min(1, { error: 'at least one measure' })
    .describe('What makes it less likely or less bad.'),
  procedure: procedure.describe('Procedure that recovers from it.'),
});

/** One disaster the plan prepares for; durations in milliseconds. */
export type Scenario = z.output<typeof scenario>;
