/**
 * The guard's words: what it is started with, what a person can tell it, what its observers see. A guard is one long-lived
 * run per database; it watches, and starts the procedure that fits.
 */
import { defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import { longestWaitMs } from './limits';
import type { Accepted } from './messages';
import type { PrimarySample } from './cluster';

/** What the rounds of all observers together mean. */
export const verdicts = [
  'healthy',
  'died',
  'frozen',
  'unreachable',
  'pooler-down',
  'half-dead',
  'disk-full',
  'too-many-connections',
  'engine-unreachable',
  'observer-isolated',
  'standby-broken',
  'unclear',
] as const;
export type GuardVerdict = (typeof verdicts)[number];

const moment = z.iso.datetime();

export const guardInputSchema = z.strictObject({
  database: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'expected the name of a database in the plan, e.g. shandi')
    .describe('database of the plan'),
  reason: z.string().trim().min(1).max(2000).default('watch the database').describe('why it is started, in a sentence'),
  by: z.string().trim().min(1).max(200).describe('who starts it: a person or a role'),
  planHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hex')
    .optional()
    .describe('refuse to run under any other plan'),
  /** Carried from one execution to the next (continue-as-new); never given by a person. */
  carried: z
    .strictObject({
      lastFailoverAt: moment.optional(),
      frozen: z
        .strictObject({
          kind: z.enum(['freeze', 'maintenance']),
          by: z.string(),
          reason: z.string(),
          since: moment,
          until: moment.optional(),
        })
        .optional(),
      reprotectAgainAt: z.number().optional(),
      exposedSince: moment.optional(),
      holdOff: z.strictObject({ until: moment.optional() }).optional(),
      alarm: z
        .strictObject({ verdict: z.enum([...verdicts, 'lock', 'failed']), text: z.string(), since: moment })
        .optional(),
    })
    .optional()
    .describe('state of the execution before this one; left out by people'),
});
export type GuardInput = z.infer<typeof guardInputSchema>;

/** `freeze`: watch and say, but do nothing by itself. `maintenance`: also say nothing. */
export const freezeSchema = z.strictObject({
  kind: z
    .enum(['freeze', 'maintenance'])
    .default('freeze')
    .describe('freeze: nothing is done by itself, people are still told. maintenance: people are not told either'),
  forMs: z
    .int()
    .min(1000)
    .max(longestWaitMs)
    .optional()
    .describe('milliseconds until it ends by itself; default: until someone lifts it'),
  by: z.string().trim().min(1).max(200).describe('who says so: a person or a role'),
  reason: z.string().trim().min(1).max(2000).describe('why, in a sentence'),
});
export type FreezeMessage = z.infer<typeof freezeSchema>;

export const freezeUpdate = defineUpdate<Accepted, [FreezeMessage]>('freeze');
export const freezeSignal = defineSignal<[FreezeMessage]>('freeze');
/** Lifts a freeze or a maintenance: `{by, reason}`. */
export const unfreezeUpdate = defineUpdate<Accepted, [{ by: string; reason: string }]>('unfreeze');
export const unfreezeSignal = defineSignal<[{ by: string; reason: string }]>('unfreeze');

/**
 * What one probe answered. `refused`/`error`: somebody answered, with a no. `silent`: nobody did in the time given.
 * `unknown`: it could not even be tried, which tells nothing.
 */
export interface ProbeAnswer {
  /** `client-path` (write through the pooler), `direct` (write to the primary), `standby` (what a standby receives), `engine` (container state). */
  probe: 'client-path' | 'direct' | 'standby' | 'engine';
  answer: 'ok' | 'error' | 'refused' | 'silent' | 'unknown';
  /** In words, with the SQLSTATE or the state of the container. */
  says: string;
  sqlState?: string;
  tookMs: number;
}

/** One look of one observer from everywhere it can. */
export interface Round {
  observer: string;
  startedAt: string;
  answers: ProbeAnswer[];
  /** How far each standby had received when the round began; null: it did not say. */
  received?: (string | null)[];
  /** State of the primary's container, where the engine answered. */
  container?: {
    exists: boolean;
    running: boolean;
    paused: boolean;
    exitCode: number;
    oomKilled: boolean;
    restartPolicy: string;
  };
  /** The engine has just told that the container ended; it may have been started again since. */
  ended?: boolean;
  sample?: PrimarySample;
}
