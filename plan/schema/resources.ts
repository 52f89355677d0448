import { z } from 'zod';
import { absolutePath, name } from './common';
import { positiveDuration } from './duration';
import { size } from './size';

const PERCENT = 'a whole number of percent from 1 to 100';
const percent = z.int({ error: PERCENT }).min(1, { error: PERCENT }).max(100, { error: PERCENT });
const FILES = "a pattern of file names without a directory, such as '*.log.[0-9]*'";
const BOOLEAN = 'true or false';
const MEASURES = "a list of 'limit' and 'restart'";

/** What can be done for a container that is short of memory, gentlest first. */
export const memoryMeasures = ['limit', 'restart'] as const;

/** Files of a service that may be removed when a disk is full. Nothing that is not named here ever is. */
export const freeable = z.strictObject({
  name: name.describe('Name of the entry.'),
  service: name.describe('Service of the plan in whose container the files lie. A database server cannot be named.'),
  directory: absolutePath.describe(
    'Directory in that container; everything below it is looked at, on its file system only.',
  ),
  files: z
    .string({ error: FILES })
    .regex(/^[^/\s]+$/, { error: FILES })
    .describe('Pattern of their names, as find -name takes it.'),
  olderThan: positiveDuration.prefault('1h').describe('Files changed since are left alone. Default 1h.'),
  automatic: z
    .boolean({ error: BOOLEAN })
    .prefault(false)
    .describe('true: they are removed without asking when a disk is full. Default false: a person decides.'),
});

/** How a container that is short of memory, or takes too much, is relieved. */
export const memoryRelief = z.strictObject({
  service: name.describe('Service of the plan.'),
  ceiling: size
    .optional()
    .describe('Its memory limit may be set to this, up to it and never above. Default: its limit stays.'),
  measures: z
    .array(z.enum(memoryMeasures, { error: MEASURES }), { error: MEASURES })
    .prefault([...memoryMeasures])
    .describe('What may be done, gentlest first: limit (to the ceiling), restart. Default: both.'),
  automatic: z
    .array(z.enum(memoryMeasures, { error: MEASURES }), { error: MEASURES })
    .prefault([])
    .describe('Those of them that are taken without asking. Default: none.'),
});

/** When resources are exhausted, and what may be done then. */
export const resources = z.strictObject({
  thresholds: z
    .strictObject({
      memory: percent.prefault(90).describe("Percent of a container's memory limit. Default 90."),
      disk: percent.prefault(90).describe('Percent of a file system. Default 90.'),
      connections: percent.prefault(85).describe('Percent of the connections a database server takes. Default 85.'),
    })
    .prefault({})
    .describe('From which use on a resource counts as exhausted.'),
  disks: z
    .array(
      z.strictObject({
        service: name.describe('Service of the plan.'),
        path: absolutePath.describe('Path in its container.'),
      }),
    )
    .prefault([])
    .describe("File systems that are looked at, besides the engine's own, as containers see them."),
  free: z.array(freeable).prefault([]).describe('Files that may be removed. Default: none, ever.'),
  memory: z
    .array(memoryRelief)
    .prefault([])
    .describe('Services that may be relieved of memory. Default: none; a hog is named all the same.'),
  sessions: z
    .strictObject({
      idleInTransaction: positiveDuration
        .prefault('5m')
        .describe('A session that has done nothing in an open transaction for longer may be ended. Default 5m.'),
      terminate: z
        .boolean({ error: BOOLEAN })
        .prefault(false)
        .describe('true: such sessions may be ended when connections run out. Default false: they are named only.'),
      automatic: z.boolean({ error: BOOLEAN }).prefault(false).describe('true: without asking. Default false.'),
    })
    .prefault({})
    .describe('Sessions of the databases.'),
});

/** When resources are exhausted, and what may be done then; durations in milliseconds, sizes in bytes. */
export type Resources = z.output<typeof resources>;
/** Files that may be removed when a disk is full. */
export type Freeable = z.output<typeof freeable>;
