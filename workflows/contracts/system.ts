/** Words of the procedure `fullSystemRecovery`: its input, and what activities tell it about a platform as a whole. */
import { z } from 'zod';
import { approvalTimeoutMs, startedBy } from './input';
import { incident } from './people';
import { reducedModes } from './reduced';
import type { HealthAnswer } from './service';

/** What the recovery of everything protects and locks. */
export const systemResource = 'system';

export const fullSystemRecoveryInputSchema = z.strictObject({
  ...startedBy,
  approvalTimeoutMs,
  policyMayAnswer: z
    .boolean()
    .default(true)
    .describe(
      'whether the policy of the plan may answer the first gate: what is begun there starts what serves nobody. Runs that take data back ask by themselves. Default true; false: a person decides',
    ),
  validate: z
    .boolean()
    .default(true)
    .describe(
      'place the business transactions of the plan and run its test programs before the recovery counts as validated. Default true',
    ),
  tell: z
    .boolean()
    .default(true)
    .describe(
      'tell the emergency contacts, keep the status page, and start a checklist, as the plan has it. Default true; none of it holds the recovery up',
    ),
  incident: incident.optional().describe('name of the incident that people are told of; default: made of the run'),
  protect: z
    .boolean()
    .default(true)
    .describe(
      'make every standby follow again at the end. Default true; false leaves an exposure that the report names',
    ),
  reduced: z
    .enum(reducedModes, { error: 'expected maintenance or critical-only' })
    .optional()
    .describe(
      'what clients get meanwhile. maintenance: a page instead of half-started services, until the critical ones are proven; critical-only: that page for everything but the essential services, until the rest is proven. Default: the gateway passes on what it can',
    ),
  disasterAt: z.iso.datetime({ offset: true }).optional().describe('when the system was lost, if known'),
});
export type FullSystemRecoveryInput = z.infer<typeof fullSystemRecoveryInputSchema>;

/** A service of a Compose project as its engine has it, and as it says of itself. */
export interface ProjectService {
  service: string;
  /** `none`: it has no container. */
  state: 'running' | 'paused' | 'restarting' | 'stopped' | 'none';
  containerId?: string;
  /** The image that Compose would make it of; absent where Compose cannot read the project. */
  image?: { name: string; there: boolean };
  /** Absent: it has no health page, or does not run. */
  health?: HealthAnswer;
}

/** A Compose project at one moment. */
export interface ProjectFacts {
  site: string;
  /** UTC. */
  at: string;
  services: ProjectService[];
  /** Why Compose cannot read the project, without values. */
  problem?: string;
}

/** The fact of the report that tells how much was down when the recovery began; only where nothing ran was everything. */
export const foundDown = { title: 'What was found', label: 'Containers', everything: 'none of them runs' } as const;

/** What became of a container that was to run. */
export interface StartedService {
  service: string;
  /** Absent: it has none. */
  containerId?: string;
  how: 'ran' | 'started' | 'made' | 'failed';
  /** Why it does not run. */
  problem?: string;
}

/** How a service came back after a start. */
export interface AwaitedService extends HealthAnswer {
  service: string;
  afterMs: number;
}

/** What a business transaction of the plan ended with. */
export interface TransactionAnswer {
  name: string;
  ok: boolean;
  /** In a sentence of at most 300 characters. */
  says: string;
  afterMs: number;
}

/** How a test program of the plan ended. */
export interface CommandAnswer {
  name: string;
  ok: boolean;
  exitCode: number | null;
  /** Its last line, without secrets. */
  says: string;
  afterMs: number;
}
