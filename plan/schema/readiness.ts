import { z } from 'zod';
import { positiveDuration } from './duration';

/** When something that once was proven, or is still good, deserves a look. */
export const readiness = z.strictObject({
  staleAfter: positiveDuration
    .prefault('35d')
    .describe(
      'A proof that the monthly test renews is stale when it is older. Default 35d: a month and some days of grace.',
    ),
  staleAfterQuarterly: positiveDuration
    .prefault('100d')
    .describe(
      'The same for what is rehearsed less often: the loss of everything or of a site, and people. Default 100d.',
    ),
  certificateValidFor: positiveDuration
    .prefault('14d')
    .describe('A certificate that expires sooner is named. Default 14d.'),
});

/** When something that once was proven deserves a look; durations in milliseconds. */
export type Readiness = z.output<typeof readiness>;
