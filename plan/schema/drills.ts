import { z } from 'zod';
import { identifier, name, path, text } from './common';
import { positiveDuration } from './duration';

const OFFSET = 'a whole number from 1 to 50000';
const CLOCK = "a time of day in UTC, such as '17:00'";
const clock = z.string({ error: CLOCK }).regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: CLOCK });
const DATE = "a date, such as '2026-12-20'";
const date = z.iso.date({ error: DATE });
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const DAYS = `days of the week: ${weekdays.join(', ')}`;
const LOOKS = 'a whole number from 1 to 100';

/** A window in which no test may begin. All that it names must hold. Times are UTC. */
export const blackout = z
  .strictObject({
    name: name.describe('Name, for the sentence that refuses a test.'),
    days: z
      .array(z.enum(weekdays, { error: DAYS }), { error: DAYS })
      .min(1, { error: DAYS })
      .optional()
      .describe('Days on which it begins. Default: every day.'),
    hours: z
      .strictObject({
        from: clock.describe('Begin.'),
        to: clock.describe('End; at or before the begin: of the next day.'),
      })
      .optional()
      .describe('Hours of the day. Default: all of it.'),
    dates: z
      .strictObject({ first: date.describe('First day.'), last: date.describe('Last day, itself included.') })
      .refine(({ first, last }) => first <= last, { error: 'a first day that is not after the last' })
      .optional()
      .describe('Days of the calendar on which it begins. Default: always.'),
  })
  .refine(({ days, hours, dates }) => days !== undefined || hours !== undefined || dates !== undefined, {
    error: 'days, hours or dates: one of them at least',
  });

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
  blackouts: z.array(blackout).prefault([]).describe('Windows in which no test may begin. Default: none.'),
  watch: z
    .strictObject({
      every: positiveDuration.prefault('5s').describe('Pause between two looks. Default 5s.'),
      failures: z
        .int({ error: LOOKS })
        .min(1, { error: LOOKS })
        .max(100, { error: LOOKS })
        .prefault(3)
        .describe('Looks in a row that must fail before the test is ended. Default 3.'),
    })
    .prefault({})
    .describe('How what serves is watched while a test runs: its gateway and the client path of its databases.'),
});

/** A window in which no test may begin. */
export type Blackout = z.output<typeof blackout>;

/** The copy of the platform that drills work on; times in milliseconds. */
export type Drills = z.output<typeof drills>;
