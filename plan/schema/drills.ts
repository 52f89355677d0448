import { z } from 'zod';
import { identifier, name, path, text } from './common';
import { positiveDuration } from './duration';

const OFFSET = 'a whole number from 1 to 50000';
const program = z.array(text).min(1, { error: 'at least the program' });

/**
 * The copy of the platform that drills lose and recover: the same plan under another Compose project, with its ports moved,
 * and a network, volumes and state of its own. In `up` and `down`, `{project}` stands for the copy's project and
 * `{portOffset}` for the offset of its ports.
 */
export const drills = z.strictObject({
  project: name.describe("Compose project of the copy. It must differ from every site's."),
  portOffset: z
    .int({ error: OFFSET })
    .min(1, { error: OFFSET })
    .max(50_000, { error: OFFSET })
    .describe('Added to every published port of the plan.'),
  portBase: z
    .int({ error: 'a whole number from 0' })
    .min(0)
    .prefault(0)
    .describe('Offset that the ports of this plan have already. Default 0; a plan derived for another copy has one.'),
  composeFile: path.describe('Compose file of the copy.'),
  up: program.describe(
    "Program and arguments that bring the copy up and return when it works, run by the worker of the primary site in the plan's directory, without a shell.",
  ),
  down: program.describe(
    'The same, that removes it: containers, networks, volumes, state. Nothing left is no failure.',
  ),
  timeout: positiveDuration.prefault('15m').describe('Longest time each of the two may take. Default 15m.'),
  service: name.describe('Service that the monthly test loses.'),
  table: z
    .strictObject({
      database: name.describe('Database of the plan.'),
      name: identifier.describe('Table of it.'),
    })
    .describe('Table that the monthly test drops and recovers.'),
});

/** The copy of the platform that drills work on; times in milliseconds. */
export type Drills = z.output<typeof drills>;
