/** Input of `pointInTimeRecovery`: one JSON object, strict, every field described. */
import { z } from 'zod';
import { approvalTimeoutMs, startedBy } from './input';

const lsn = z.string().regex(/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/, 'expected a PostgreSQL LSN such as 0/C2D216C8');
const timeWithOffset = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d(:?\d\d)?)$/,
    'expected a time with an explicit numeric offset, such as 2026-11-22T17:29:24.890426Z or 2026-11-22 17:29:24+01:00; zone names are not accepted',
  )
  .refine((text) => !Number.isNaN(Date.parse(isoTime(text))), 'expected a time that exists in the calendar');

/** Brings `2026-11-22 17:29:24+01` to a form every JavaScript engine parses, microseconds cut to milliseconds. */
export function isoTime(text: string): string {
  return text
    .replace(' ', 'T')
    .replace(/(\.\d{3})\d+/, '$1')
    .replace(/([+-]\d\d)(\d\d)?$/, (_all, hours: string, minutes: string | undefined) => `${hours}:${minutes ?? '00'}`);
}

const side = z.enum(['before', 'after']).default('before');

/** Where recovery shall stop. PostgreSQL manual 20.5.6 "Recovery Target". */
export const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('time').describe('the state at a moment: every commit up to and at it'),
    time: timeWithOffset.describe('moment by the clock of the primary, with an explicit offset'),
  }),
  z.strictObject({
    kind: z.literal('lsn').describe('the state just before or after the WAL record at an LSN'),
    lsn,
    stop: side.describe('before or after that record (default before)'),
  }),
  z.strictObject({
    kind: z.literal('xid').describe('the state just before or after the commit of a transaction'),
    xid: z.string().regex(/^[1-9]\d{0,9}$/, 'expected a transaction id such as 48213'),
    stop: side.describe('before or after its commit (default before)'),
  }),
  z.strictObject({
    kind: z.literal('name').describe('a restore point made with pg_create_restore_point'),
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9._:-]{1,63}$/,
        'expected the name of a restore point, 1 to 63 characters of A-Z a-z 0-9 . _ : -',
      ),
  }),
  z.strictObject({ kind: z.literal('latest').describe('everything the archive holds') }),
]);
export type RecoveryTarget = z.infer<typeof targetSchema>;

export const pitrInputSchema = z.strictObject({
  database: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'expected the name of a database in the plan, e.g. shandi')
    .describe('database of the plan'),
  target: targetSchema.describe('where recovery shall stop'),
  mode: z
    .enum(['recover', 'check', 'copy'])
    .default('recover')
    .describe('recover: whole procedure. check: pre-flight only. copy: stop at an inspectable copy. Default recover'),
  backup: z
    .string()
    .regex(/^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/, 'expected a pgBackRest backup label such as 20261122-170000F')
    .optional()
    .describe('backup to start from; default: the newest that fits'),
  timeline: z.int().min(1).optional().describe('timeline of the target; default: the one the database is on'),
  disasterAt: timeWithOffset.optional().describe('when the damage happened, if known; for the report'),
  ...startedBy,
  approvalTimeoutMs,
  fullBackup: z
    .boolean()
    .default(true)
    .describe('take a full backup after the recovery; default true. False leaves an exposure that the report names'),
  rebuildStandbys: z.boolean().default(true).describe('rebuild every standby after the recovery; default true'),
});
export type PitrInput = z.infer<typeof pitrInputSchema>;

/** The same target in a sentence. */
export function describeTarget(target: RecoveryTarget): string {
  switch (target.kind) {
    case 'time':
      return `the moment ${target.time}`;
    case 'lsn':
      return `just ${target.stop} LSN ${target.lsn}`;
    case 'xid':
      return `just ${target.stop} the commit of transaction ${target.xid}`;
    case 'name':
      return `restore point ${target.name}`;
    case 'latest':
      return 'the last commit in the archive';
  }
}
