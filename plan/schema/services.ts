import { z } from 'zod';
import { positiveDuration } from './duration';
import { name, port, text } from './common';

const PATH = "the path of the health page, beginning with '/'";
const PAGE = "a path with its query, beginning with '/', such as '/api/orders?limit=1'";
const MEASURES = "a list of 'restart' and 'recreate'";
const RETRIES = 'a whole number of failures from 1 to 20';

/**
 * Health check of a service, as Docker runs it. Docker does not restart an unhealthy container and needs
 * interval × retries to notice; the procedures therefore probe the same page themselves and do not wait for its verdict.
 */
export const health = z.strictObject({
  path: z
    .string({ error: PATH })
    .regex(/^\/\S*$/, { error: PATH })
    .prefault('/health')
    .describe('Page that answers 2xx when the service can work.'),
  interval: positiveDuration.prefault('30s').describe('Time between two checks.'),
  timeout: positiveDuration.prefault('10s').describe('Longest time one check may take.'),
  retries: z
    .int({ error: RETRIES })
    .min(1, { error: RETRIES })
    .max(20, { error: RETRIES })
    .prefault(3)
    .describe('Failures in a row before the service counts as unhealthy.'),
  startPeriod: positiveDuration.prefault('40s').describe('Time after a start in which failures do not count.'),
});

/** What can be done for a service that fails, gentlest first. */
export const serviceMeasures = ['restart', 'recreate'] as const;

/** One service of the platform. */
export const service = z.strictObject({
  name: name.describe('Name of the service, the same in the Compose file.'),
  description: text.describe('What the business loses without it.'),
  port: port.describe('Port published on the machine of the site.'),
  tier: z.string({ error: 'the name of a tier' }).describe('Tier whose objectives it must meet.'),
  site: name.optional().describe('Site it runs on in peace. Default: the primary site.'),
  dependsOn: z
    .array(name)
    .prefault([])
    .describe(
      'Services, databases and stores it cannot work without; while one of them does not work the service is not touched.',
    ),
  health: health.prefault({}).describe('Health check.'),
  stateless: z
    .boolean({ error: 'true or false' })
    .optional()
    .describe('true: it keeps nothing of its own and may run on two sites at once. Default: false.'),
  businessPage: z
    .string({ error: PAGE })
    .regex(/^\/\S*$/, { error: PAGE })
    .optional()
    .describe(
      'Page its clients ask for through the gateway; that it answers 2xx proves a recovery. Default: none, its own health page is all there is.',
    ),
  automatic: z
    .array(z.enum(serviceMeasures, { error: MEASURES }), { error: MEASURES })
    .prefault([...serviceMeasures])
    .describe(
      'Measures that are taken without asking when the service serves nobody. Default: all of them; one that is left out waits for a person.',
    ),
});

/** One service of the platform; durations in milliseconds. */
export type Service = z.output<typeof service>;
/** Health check of a service; durations in milliseconds. */
export type Health = z.output<typeof health>;
