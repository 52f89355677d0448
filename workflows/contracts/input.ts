/** Fields that the inputs of several procedures share. */
import { z } from 'zod';
import { longestWaitMs } from './limits';

/** What every run is started with, whatever it does. */
export const startedBy = {
  reason: z.string().trim().min(1).max(2000).describe('why this run is started, in a sentence'),
  by: z.string().trim().min(1).max(200).describe('who starts it: a person, a role, a guard or a schedule'),
  planHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hex')
    .optional()
    .describe('refuse to run under any other plan'),
  drill: z
    .literal(true, { error: 'expected true, or nothing' })
    .optional()
    .describe("work on the drill's copy of the platform (the plan's drills) instead of what serves"),
};

/** For tests, which the plan may forbid at times. */
export const despiteBlackout = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .optional()
  .describe(
    'why this test begins although a window of the plan (drills.blackouts) forbids it now; default: it does not',
  );

/** For runs that may have to ask somebody. */
export const approvalTimeoutMs = z
  .int()
  .min(100)
  .max(longestWaitMs)
  .optional()
  .describe('milliseconds a gate stays open; default: the plan');

/** `20261122T172924Z-1ea3d016`: when a backup was taken, UTC, and the run that took it. */
export const backupLabel = z
  .string()
  .regex(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/, 'expected the label of a backup, e.g. 20261122T172924Z-1ea3d016');
