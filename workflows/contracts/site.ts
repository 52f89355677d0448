/** Words of the procedures that move the platform to another site: inputs, and what activities tell them about a site. */
import { z } from 'zod';
import { approvalTimeoutMs, startedBy } from './input';
import { longestStallMs } from './limits';
import type { HealthAnswer } from './service';

const siteName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected the name of a site of the plan, e.g. backup')
  .describe('site that takes over');

export const siteFailoverInputSchema = z.strictObject({
  site: siteName,
  ...startedBy,
  approvalTimeoutMs,
  validate: z
    .boolean()
    .default(true)
    .describe(
      'place the business transactions of the plan and run its test programs before the run counts as verified. Default true',
    ),
  disasterAt: z.iso.datetime({ offset: true }).optional().describe('when the site was lost, if known'),
});
export type SiteFailoverInput = z.infer<typeof siteFailoverInputSchema>;

export const siteFailbackInputSchema = z.strictObject({
  ...startedBy,
  approvalTimeoutMs,
  validate: z
    .boolean()
    .default(true)
    .describe(
      'place the business transactions of the plan and run its test programs before the run counts as verified. Default true',
    ),
  fresh: z
    .boolean()
    .default(false)
    .describe(
      'copy the whole database home instead of rewinding what is there; the old volume is kept. Default false: rewind, and copy where that fails',
    ),
  stallBudgetMs: z
    .int()
    .min(100)
    .max(longestStallMs)
    .optional()
    .describe('longest time the clients may be held before the way home is undone; default: the plan'),
});
export type SiteFailbackInput = z.infer<typeof siteFailbackInputSchema>;

export const holdDatabaseInputSchema = z.strictObject({
  database: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'expected the name of a database in the plan, e.g. shandi')
    .describe('database of the plan'),
  site: siteName.describe('site that it is served at, or is about to be'),
  ...startedBy,
});
export type HoldDatabaseInput = z.infer<typeof holdDatabaseInputSchema>;

/** What of a site answers, each asked for about a second. That nobody answers is an answer. */
export interface SiteReach {
  site: string;
  /** UTC. */
  at: string;
  engine: { answered: boolean; says: string };
  /** Containers of its project that run, by service; empty where the engine does not answer. */
  running: string[];
  /** Containers of its project, running or not. */
  containers: number;
  /** What a client gets through its gateway. */
  client: HealthAnswer;
}

/** Whether a standby reaches the server that it follows. */
export interface UpstreamReach {
  /** The server takes connections over the way that the standby uses. */
  answers: boolean;
  /** In a sentence. */
  says: string;
}

/** A container that was to stop, and what it was before. */
export interface StoppedService {
  service: string;
  /** Absent: it has none. */
  containerId?: string;
  /** Restart policy before. */
  policy: string;
  /** It ran before. */
  ran: boolean;
}

/** Whether clients are sent to a site. */
export interface TrafficAnswer {
  ok: boolean;
  /** In a sentence of at most 300 characters. */
  says: string;
}
