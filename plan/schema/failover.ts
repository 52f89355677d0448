import { z } from 'zod';
import { identifier, name, secretRef, variable } from './common';
import { duration, positiveDuration } from './duration';

const ROUNDS = 'a whole number of rounds, 3 or more';
const COUNT = 'a whole number of standbys, 1 or more';

/** How standbys reach their primary, and what commits wait for. */
export const replication = z.strictObject({
  user: identifier.describe(
    'Role with REPLICATION and the rights pg_rewind needs (PostgreSQL manual, pg_rewind, "Notes").',
  ),
  password: secretRef.describe('Password of that role.'),
  synchronous: z
    .strictObject({
      standbys: z
        .int({ error: COUNT })
        .min(1, { error: COUNT })
        .prefault(1)
        .describe('How many standbys must have flushed a commit before it is acknowledged. Default 1.'),
      degradeAfter: positiveDuration
        .prefault('5s')
        .describe(
          'How long commits may wait for a standby that is gone before they are let through alone (default 5s). From then on RPO 0 does not hold; the moment is recorded, and no failover is automatic until it holds again.',
        ),
    })
    .optional()
    .describe(
      'Ask for RPO 0: commits wait for standbys (PostgreSQL manual 27.2.8). Default: replication is asynchronous.',
    ),
});

/** When the database may change its primary by itself, and how sure the guard must be. */
export const failover = z.strictObject({
  automatic: z
    .boolean({ error: 'true or false' })
    .prefault(true)
    .describe(
      'Whether policy may answer the gate when the fence can be proven and the loss is within the RPO. Default true; false leaves every failover to a person.',
    ),
  minimumInterval: duration
    .prefault('10m')
    .describe('Shortest time between two automatic failovers; a second loss within it is for a person. Default 10m.'),
  restartBudget: duration
    .prefault('0s')
    .describe(
      'How long a server whose process died may take to come back in its place, started by its restart policy, before the standby is promoted. Default 0s: the standby is quicker.',
    ),
  probeInterval: positiveDuration.prefault('400ms').describe('Pause between two rounds of looking. Default 400ms.'),
  probeTimeout: positiveDuration
    .prefault('600ms')
    .describe('Longest wait for one probe of an ambiguous picture. Default 600ms.'),
  rounds: z
    .int({ error: ROUNDS })
    .min(3, { error: ROUNDS })
    .prefault(3)
    .describe(
      'Consecutive rounds in which an ambiguous picture must say "gone" before it is believed. Default 3, the least that is accepted. A death that the engine itself reports needs none.',
    ),
  standbyMaxSilence: positiveDuration
    .prefault('10s')
    .describe('A standby that had not streamed for this long before the loss is not promoted. Default 10s.'),
  stallBudget: positiveDuration
    .prefault('5s')
    .describe(
      'Longest time a planned switchover may hold the clients before it is undone. Default 5s; usual is well below one second.',
    ),
  reprotect: z
    .boolean({ error: 'true or false' })
    .prefault(true)
    .describe('Whether the guard rebuilds the old primary as a standby after a failover. Default true.'),
});

/** Services that hold the address of the database themselves instead of going through the pooler. */
export const addressedBy = z.strictObject({
  variable: variable.describe("Key of the site's env file that holds the host name of the primary server."),
  services: z
    .array(name)
    .min(1, { error: 'at least one service' })
    .describe('Services that read it at their start; they are restarted by tier when it changes.'),
});
