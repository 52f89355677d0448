import { z } from 'zod';
import { positiveDuration } from './duration';
import { name, text } from './common';

const LEVEL = 'critical, major, minor or info';

/** How bad an incident is, and what follows from it. */
export const severity = z.strictObject({
  name: name.describe('Name of the severity, such as sev1.'),
  title: text.describe('Title for people.'),
  tells: z.enum(['critical', 'major', 'minor', 'info'], { error: LEVEL }).describe('Level its messages carry.'),
  updateEvery: positiveDuration.describe('Longest time between two updates of an incident of this severity.'),
  callOnCall: z
    .boolean({ error: 'true or false' })
    .prefault(false)
    .describe('Whether the on-call chain is called when it is opened. Default false.'),
});

/** What is done about an incident by itself, and how long people are given. */
export const incidents = z.strictObject({
  severities: z
    .array(severity)
    .min(1, { error: 'at least one severity' })
    .prefault([
      { name: 'sev1', title: 'Critical', tells: 'critical', updateEvery: '30m', callOnCall: true },
      { name: 'sev2', title: 'Major', tells: 'major', updateEvery: '1h' },
      { name: 'sev3', title: 'Minor', tells: 'minor', updateEvery: '4h' },
      { name: 'sev4', title: 'Low', tells: 'info', updateEvery: '8h' },
    ])
    .describe(
      'Severities, worst first: something of the first tier is affected, of the second, and so on; the last stands for all tiers after it. Default sev1 to sev4.',
    ),
  automatic: z
    .array(name)
    .prefault([])
    .describe(
      'Scenarios whose procedure may begin before a person has chosen, where the facts leave no doubt. Default: none.',
    ),
  declareAutomatically: z
    .boolean({ error: 'true or false' })
    .prefault(false)
    .describe(
      'Whether an incident is declared over by itself when everything was verified. Default false: a person does.',
    ),
  reviewWithin: positiveDuration
    .prefault('5d')
    .describe('Time after the recovery in which the post-incident review is due. Default 5d.'),
});

/** What is done about an incident; times in milliseconds. */
export type Incidents = z.output<typeof incidents>;
/** How bad an incident is; times in milliseconds. */
export type Severity = z.output<typeof severity>;
