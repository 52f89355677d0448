/** Words of the procedure `isolateService`: its input, what activities tell it, and the word that lifts an isolation. */
import { z } from 'zod';
import type { Site } from '../../plan';
import { approvalTimeoutMs, startedBy } from './input';
import type { EvidenceRef } from './run-view';

export const isolateServiceInputSchema = z.strictObject({
  service: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected a service of the plan or its gateway, e.g. content-service')
    .describe('service of the plan, or the service of its gateway'),
  ...startedBy,
  approvalTimeoutMs,
});
export type IsolateServiceInput = z.infer<typeof isolateServiceInputSchema>;

/** A Compose service and the one container of it that is meant. */
export interface IsolatedAt {
  site: Site;
  /** Compose service. */
  service: string;
  /** The container as it was looked at: never "whatever the service is now". */
  containerId: string;
}

/** What the engine does when a container ends. */
export interface RestartPolicy {
  /** `no`, `always`, `unless-stopped` or `on-failure`. */
  name: string;
  /** Tries of `on-failure`; 0: as often as it takes. */
  retries: number;
}

/** The container of a service, as far as an isolation goes. */
export interface IsolationFacts {
  service: string;
  /** UTC. */
  at: string;
  /** Absent: the service has no container. */
  container?: {
    id: string;
    name: string;
    image: string;
    imageId: string;
    running: boolean;
    paused: boolean;
    startedAt: string;
    networks: string[];
    restartPolicy: RestartPolicy;
  };
}

/** What was kept of a container. */
export interface KeptEvidence {
  evidence: EvidenceRef[];
  /** What could not be read, and why, a sentence each. */
  missing: string[];
}
