/** What a schedule hands to its starter, and what the starter says of it. */
import { z } from 'zod';
import { backupDatabaseInputSchema, restoreTestInputSchema } from './backup';
import { backupCertificatesInputSchema, backupConfigurationInputSchema } from './bundle';
import {
  backupLock,
  certificatesResource,
  configurationResource,
  databaseResource,
  procedures,
  readinessResource,
  readingLock,
  recoveryLock,
  storeResource,
  reportLock,
  testLock,
} from './names';
import { recoveryTestInputSchema, scenarioTestInputSchema } from './drill';
import { periodicReportInputSchema } from './periodic';
import { pitrInputSchema } from './pitr';
import { readinessInputSchema } from './readiness';
import { backupRedisInputSchema } from './store';
import { systemResource } from './system';
import type { Verdict } from './run-view';

export const startScheduledInputSchema = z.strictObject({
  schedule: z.string().min(1).max(100).describe('name of the schedule'),
  procedure: z.enum(procedures).describe('procedure that is started'),
  workflowId: z.string().min(1).max(200).describe('lock of what it works on'),
  input: z.record(z.string(), z.json()).describe('input of the procedure'),
  windowMs: z
    .int()
    .min(1)
    .optional()
    .describe('longest time the run may take before it counts as failed; default: no limit'),
});
export type StartScheduledInput = z.infer<typeof startScheduledInputSchema>;

/** Result of a starter. */
export interface Scheduled {
  schedule: string;
  procedure: string;
  workflowId: string;
  /** `skipped`: another run had the lock, or a test may not begin now (`DR-TEST-NOT-NOW`): nothing was done. */
  outcome: 'completed' | 'skipped';
  /** A sentence. */
  says: string;
  verdict?: Verdict;
  /** Where the report of the run was written. */
  report?: string;
  /** Of a test: its evidence bundle with the hash that vouches for it, or why there is none. */
  bundle?: { path: string; head: string } | { missing: string };
}

/**
 * Procedures that may be started by the clock: they ask nobody and change nothing that serves. Each with the schema of its
 * input, and the lock that follows from it.
 */
const byTheClock = {
  backupDatabase: {
    schema: backupDatabaseInputSchema,
    lock: (input: z.infer<typeof backupDatabaseInputSchema>) => backupLock(databaseResource(input.database)),
  },
  backupRedis: {
    schema: backupRedisInputSchema,
    lock: (input: z.infer<typeof backupRedisInputSchema>) => backupLock(storeResource(input.store)),
  },
  backupConfiguration: {
    schema: backupConfigurationInputSchema,
    lock: () => backupLock(configurationResource()),
  },
  backupCertificates: {
    schema: backupCertificatesInputSchema,
    lock: () => backupLock(certificatesResource()),
  },
  restoreTest: {
    schema: restoreTestInputSchema,
    lock: (input: z.infer<typeof restoreTestInputSchema>) => testLock(databaseResource(input.database)),
  },
  monthlyRecoveryTest: {
    schema: recoveryTestInputSchema,
    lock: () => testLock(systemResource),
  },
  quarterlyRecoveryTest: {
    schema: recoveryTestInputSchema,
    lock: () => testLock(systemResource),
  },
  readinessCheck: {
    schema: readinessInputSchema,
    lock: () => readingLock('check', readinessResource()),
  },
  scenarioTest: {
    schema: scenarioTestInputSchema,
    lock: () => testLock(systemResource),
  },
  periodicReport: {
    schema: periodicReportInputSchema,
    lock: ({ kind }: z.infer<typeof periodicReportInputSchema>) => reportLock(kind),
  },
  pointInTimeRecovery: {
    schema: pitrInputSchema,
    lock: ({ mode, database }: z.infer<typeof pitrInputSchema>) =>
      mode === 'recover' ? recoveryLock(databaseResource(database)) : readingLock(mode, databaseResource(database)),
  },
} as const;

export type ClockProcedure = keyof typeof byTheClock;

export const isClockProcedure = (name: string): name is ClockProcedure => Object.hasOwn(byTheClock, name);

/** The lock under which a procedure works on its input; a sentence for each fault where the input is none. */
export function lockFor(procedure: ClockProcedure, input: unknown): { lock: string } | { faults: string[] } {
  const { schema, lock } = byTheClock[procedure] as { schema: z.ZodType; lock: (input: never) => string };
  const parsed = schema.safeParse(input);
  if (parsed.success) return { lock: lock(parsed.data as never) };
  return { faults: parsed.error.issues.map((one) => `${one.path.map(String).join('.') || 'input'}: ${one.message}`) };
}
