import { z } from 'zod';
import { cadence, name, path, secretRef, text, variable } from './common';
import { positiveDuration } from './duration';

const FILE = "the name of a file without a directory, such as 'maintenance.on'";
const file = z.string({ error: FILE }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: FILE });
const HEADER = "the name of an HTTP header, such as 'X-Service-Mode'";
const header = z.string({ error: HEADER }).regex(/^[A-Za-z][A-Za-z0-9-]*$/, { error: HEADER });

/**
 * How the gateway is told to serve less. A file switches a mode on and its absence switches it off: the gateway looks for it
 * at every request, so nothing is reloaded or restarted. The file holds who switched it on, so that the two cannot disagree.
 */
export const reducedGateway = z.strictObject({
  directory: path.describe(
    "Directory on the machine of the gateway's worker in which the gateway looks for the files.",
  ),
  maintenance: file.prefault('maintenance.on').describe('File that keeps every client out. Default maintenance.on.'),
  criticalOnly: file
    .prefault('critical-only.on')
    .describe('File that leaves only the essential services open. Default critical-only.on.'),
  modeHeader: header
    .prefault('X-Service-Mode')
    .describe(
      'Header by which an answer says that the mode gave it, and not a service. Default X-Service-Mode; its value is maintenance or critical-only.',
    ),
  passHeader: header
    .prefault('X-DR-Pass')
    .describe('Header of a request that is let through in any mode. Default X-DR-Pass.'),
  pass: secretRef
    .optional()
    .describe(
      'Value of that header. Recovery shows it to prove that services work while clients are kept out. Default: none; then no recovery can keep clients out.',
    ),
  longest: positiveDuration
    .prefault('4h')
    .describe(
      'Longest time that a person may switch a mode on for; after it the mode is lifted by itself. Default 4h.',
    ),
});

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
      gateway: reducedGateway
        .optional()
        .describe('How the gateway is told. Default: it cannot be; then no run switches a mode.'),
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
/** How the gateway is told to serve less; durations in milliseconds. */
export type ReducedGateway = z.output<typeof reducedGateway>;
