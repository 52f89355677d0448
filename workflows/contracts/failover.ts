/** Inputs of the procedures that move the primary of a database: one JSON object each, strict, every field described. */
import { z } from 'zod';
import { approvalTimeoutMs, startedBy } from './input';
import { longestStallMs } from './limits';

/** Fields every procedure on a database takes. */
const common = {
  database: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'expected the name of a database in the plan, e.g. shandi')
    .describe('database of the plan'),
  ...startedBy,
  approvalTimeoutMs,
};
const service = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected the compose service of a server of the database, e.g. postgres-standby');

const number64 = z.string().regex(/^\d{1,20}$/, 'expected a whole number of 64 bits, as text');

/** What the primary was at when it was last seen alive. The loss is computed from it, so every part must be what it says. */
export const sampleSchema = z.strictObject({
  service,
  systemIdentifier: number64,
  timeline: z.int().min(1),
  lsn: z.string().regex(/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/, 'expected a PostgreSQL LSN such as 0/C2D216C8'),
  nextXid: number64,
  heartbeatAt: z.iso.datetime(),
  at: z.iso.datetime(),
});

/** What the guard saw before it started a failover; kept as evidence, never trusted instead of an own look. */
export const sightingSchema = z.strictObject({
  verdict: z.string().min(1).describe('what the guard concluded, e.g. died, frozen'),
  reasons: z.array(z.string()).describe('one sentence per round or event that led to it'),
  seenAt: z.iso.datetime().describe('UTC; when the first sign was seen. The disaster of the report'),
});
export type Sighting = z.infer<typeof sightingSchema>;

export const failoverInputSchema = z.strictObject({
  ...common,
  to: service.optional().describe('standby to promote; default: the one that holds most'),
  policyMayAnswer: z
    .boolean()
    .default(true)
    .describe(
      'whether the policy of the plan may answer the gate when the primary is gone, its fence can be proven and the loss is within the RPO. Default true; false: a person decides in any case',
    ),
  wake: z
    .boolean()
    .default(false)
    .describe(
      'start standbys that have ended, where their own volume says that they are standbys, before one is chosen. Default false',
    ),
  sighting: sightingSchema.optional().describe('what the guard saw'),
  sample: sampleSchema.optional().describe('last known position of the primary; default: the newest that was kept'),
  disasterAt: z.iso.datetime({ offset: true }).optional().describe('when the primary was lost, if known'),
});
export type FailoverInput = z.infer<typeof failoverInputSchema>;

export const switchoverInputSchema = z.strictObject({
  ...common,
  to: service.optional().describe('standby that becomes the primary; default: the one that lags least'),
  stallBudgetMs: z
    .int()
    .min(100)
    .max(longestStallMs)
    .optional()
    .describe('longest time the clients may be held before the switchover is undone; default: the plan'),
});
export type SwitchoverInput = z.infer<typeof switchoverInputSchema>;

export const reprotectInputSchema = z.strictObject({
  ...common,
  member: service.optional().describe('server to rebuild as a standby; default: every member that does not stream'),
  fresh: z
    .boolean()
    .default(false)
    .describe('copy the whole database anew instead of rewinding the old data. Default false'),
  fullBackup: z.boolean().default(true).describe('take a full backup afterwards; default true'),
});
export type ReprotectInput = z.infer<typeof reprotectInputSchema>;

export const restartInputSchema = z.strictObject({
  ...common,
  recreate: z
    .boolean()
    .default(false)
    .describe('make the container anew from the compose file instead of restarting it. Default false'),
  orGiveUp: z
    .boolean()
    .default(false)
    .describe(
      'end the run when the server does not come up, instead of holding it: whoever started it knows another way. Default false',
    ),
});
export type RestartInput = z.infer<typeof restartInputSchema>;
