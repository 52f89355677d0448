/** Words of the procedure `serviceRecovery`: its input, and what activities tell it about a service. */
import { z } from 'zod';
import type { Service, Site } from '../../plan';
import { approvalTimeoutMs, startedBy } from './input';

export const measures = ['reload', 'restart', 'recreate'] as const;
/** What can be done for a service, gentlest first. `reload`: the gateway looks for it anew. */
export type Measure = (typeof measures)[number];

/** Longest time that a measure may be given to help, milliseconds: within the time-out of the step that waits. */
export const longestHelpMs = 8 * 60_000;

export const serviceRecoveryInputSchema = z.strictObject({
  service: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected the name of a service in the plan, e.g. order-service')
    .describe('service of the plan'),
  ...startedBy,
  approvalTimeoutMs,
  first: z
    .enum(['restart', 'recreate'], { error: 'expected restart or recreate' })
    .optional()
    .describe(
      'measure to begin with; default: the gentlest that can help. Given, it is taken although the service answers',
    ),
  policyMayAnswer: z
    .boolean()
    .default(true)
    .describe('whether the plan may answer for measures it allows. Default true; false: a person decides about each'),
  healthyWithinMs: z
    .int()
    .min(100)
    .max(longestHelpMs)
    .optional()
    .describe("milliseconds a measure is given to help; default: the health check's start period"),
  page: z
    .boolean()
    .default(true)
    .describe(
      'ask for its page through the gateway, too. Default true; false: whoever started the run does, when the gateway is open',
    ),
  disasterAt: z.iso.datetime({ offset: true }).optional().describe('when the service was lost, if known'),
});
export type ServiceRecoveryInput = z.infer<typeof serviceRecoveryInputSchema>;

/** The service an activity works on: its entry in the plan and the site it runs at. */
export interface ServiceAt {
  service: Service;
  site: Site;
}

/** What a service answers on its health page. */
export interface HealthAnswer {
  /** It answered 2xx: it says that it can work. */
  healthy: boolean;
  /** HTTP status; absent: nobody answered. */
  status?: number;
  /** What it said, or why nobody did, in a sentence of at most 300 characters. */
  says: string;
}

/** The container of a service as its engine describes it. */
export interface ServiceContainer {
  id: string;
  image: string;
  imageId: string;
  running: boolean;
  paused: boolean;
  /** The engine waits before it starts it again. */
  restarting: boolean;
  /** Times its restart policy has started it since it was last started by hand. */
  restarts: number;
  exitCode: number;
  oomKilled: boolean;
  startedAt: string;
  /** UTC; when it last ended. Absent: it has not. */
  finishedAt?: string;
  restartPolicy: string;
}

/** What is known of a service, measured at one moment. */
export interface ServiceFacts {
  service: string;
  site: string;
  /** UTC, the engine's worker. */
  at: string;
  container?: ServiceContainer;
  /** The image that Compose would use, and whether the engine has it. */
  image: { name: string; there: boolean };
  health: HealthAnswer;
  /** What its clients get through the gateway; absent: the plan names no page, or nobody has asked. */
  page?: HealthAnswer;
}
