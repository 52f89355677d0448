/** Words of the procedure `incidentResponse`: its input, what an assessment knows, how scenarios are judged, what people say to it. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import { approvalTimeoutMs, startedBy } from './input';
import { wordSchema, type Accepted, type WordMessage } from './messages';
import { incident } from './people';
import type { HealthAnswer } from './service';
import type { ProjectService } from './system';
import { lessonSchema } from './tasks';

const NAME = "expected lower-case letters, digits and '-', at most 40 characters, e.g. service-outage";
const scenarioName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, NAME)
  .describe('scenario of the plan, or none: people deal with it by hand');
const by = z.string().trim().min(1).max(200).describe('who says so: a person or a role');
const reason = z.string().trim().min(1).max(2000).describe('why, in a sentence; it goes into the report');

/** The answer that no scenario of the plan fits. */
export const noScenario = 'none';

export const incidentResponseInputSchema = z.strictObject({
  incident,
  ...startedBy,
  scenario: scenarioName
    .optional()
    .describe('scenario of the plan, where a person knows it: its procedure begins at once; default: it is proposed'),
  severity: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, NAME)
    .optional()
    .describe('severity of the plan, e.g. sev1; default: of the worst tier that is affected'),
  suspects: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected a service of the plan, e.g. content-service'))
    .max(50)
    .default([])
    .describe('services that are not trusted: they are isolated if it is a security breach'),
  ask: z
    .boolean()
    .default(false)
    .describe('a person chooses, even where the plan lets a scenario begin by itself. Default false'),
  tell: z
    .boolean()
    .default(true)
    .describe('tell people, keep the status page, start a checklist. Default true; none of it holds anything up'),
  detectedAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('when it was detected: the phases of the communications count from it; default: now'),
  approvalTimeoutMs,
});
export type IncidentResponseInput = z.infer<typeof incidentResponseInputSchema>;

/** How a container uses what its machine has. What could not be measured is absent. */
export interface ContainerUse {
  service: string;
  running: boolean;
  /** Percent of one processor. */
  cpuPercent?: number;
  memoryBytes?: number;
  /** Its limit; absent: it has none but the machine. */
  memoryLimitBytes?: number;
  /** The kernel killed it for want of memory when it last ended. */
  oomKilled: boolean;
  networks: string[];
}

/** What a site has left: CPU, memory, disk. */
export interface ResourceFacts {
  site: string;
  /** UTC. */
  at: string;
  containers: ContainerUse[];
  /** Where the engine keeps volumes and images; absent: not this machine. */
  disk?: { path: string; freeBytes: number; totalBytes: number };
  /** Of the machine; absent: not this machine. */
  memory?: { freeBytes: number; totalBytes: number };
}

/** Whether containers reach each other by name, tried from one of them. */
export interface PathFacts {
  /** Service whose container tried; absent: none could. */
  from?: string;
  paths: {
    service: string;
    port: number;
    answer: 'connected' | 'refused' | 'no answer' | 'no such host' | 'unknown';
  }[];
}

/** What a database server says of damage, and how many clients it has. */
export interface DamageFacts {
  answered: boolean;
  /** Pages whose checksum was wrong when they were read, since its statistics began. Absent: it did not answer. */
  checksumFailures?: number;
  /** Lines of its log that speak of damage, newest last, without secrets; five at most. */
  logged: string[];
  connections?: { used: number; max: number };
  problem?: string;
}

/** Files of the configuration against the newest bundle. */
export interface ChangedFiles {
  /** Absent: there is none. */
  bundle?: { label: string; takenAt: string };
  files: { path: string; state: 'changed' | 'missing'; /** UTC. */ changedAt?: string }[];
}

/** A service as an assessment sees it. */
export interface ServicePicture {
  service: string;
  tier: string;
  site: string;
  /** `unknown`: its engine did not answer. */
  state: ProjectService['state'] | 'unknown';
  healthy: boolean;
  says: string;
}

export interface DatabasePicture {
  name: string;
  tier: string;
  /** Service that is primary in the plan. */
  service: string;
  /** What its clients get through the pooler. */
  clients: HealthAnswer;
  damage: DamageFacts;
}

/** Everything an assessment has found. What did not answer is an answer: its problem stands in `silent`. */
export interface IncidentFacts {
  /** UTC. */
  at: string;
  /** Milliseconds that it took. */
  tookMs: number;
  sites: { name: string; role: 'primary' | 'backup'; answered: boolean; problem?: string }[];
  services: ServicePicture[];
  databases: DatabasePicture[];
  stores: { name: string; tier: string; healthy: boolean; says: string }[];
  gateway: { service: string; state: ServicePicture['state']; page: HealthAnswer };
  resources: ResourceFacts[];
  paths: PathFacts;
  configuration: { problem?: string; changed: ChangedFiles; certificate?: string };
  /** Probes that did not answer, and why. */
  silent: string[];
}

/** One reason for or against a scenario. */
export interface Evidence {
  says: string;
  /** Above 0 it speaks for it, below 0 against it; 5 is all but proof. */
  weight: number;
}

/** A scenario, judged. */
export interface Verdict {
  scenario: string;
  title: string;
  /** Sum of the weights. */
  score: number;
  likelihood: 'likely' | 'possible' | 'unlikely';
  evidence: Evidence[];
  /** What begins when it is chosen, in a sentence. */
  begins: string;
}

/** `choose`: which scenario it is. */
export const chooseSchema = z.strictObject({ scenario: scenarioName, by, reason });
export type ChooseMessage = z.infer<typeof chooseSchema>;
/** `tellUpdate`: what people are told now. */
export const tellUpdateSchema = z.strictObject({
  message: z.string().trim().min(1).max(1000).describe('what people read, in a sentence or two'),
  by,
});
export type TellUpdateMessage = z.infer<typeof tellUpdateSchema>;
/** `review`: the post-incident review is done. */
export const reviewSchema = z.strictObject({
  by,
  findings: z.string().trim().min(1).max(2000).describe('what was found and what will change; customers read it'),
  lessons: z
    .array(lessonSchema)
    .max(50)
    .default([])
    .describe('what will change, who sees to it, by which day; each is an open task until it is closed'),
});
export type ReviewMessage = z.infer<typeof reviewSchema>;

export const chooseUpdate = defineUpdate<Accepted, [ChooseMessage]>('choose');
export const chooseSignal = defineSignal<[ChooseMessage]>('choose');
export const tellUpdateUpdate = defineUpdate<Accepted, [TellUpdateMessage]>('tellUpdate');
export const tellUpdateSignal = defineSignal<[TellUpdateMessage]>('tellUpdate');
/** `declare`: the incident is over. */
export const declareSchema = wordSchema;
export const declareUpdate = defineUpdate<Accepted, [WordMessage]>('declare');
export const declareSignal = defineSignal<[WordMessage]>('declare');
export const reviewUpdate = defineUpdate<Accepted, [ReviewMessage]>('review');
export const reviewSignal = defineSignal<[ReviewMessage]>('review');

/** A run that was started for the incident. */
export interface StartedRun {
  workflowId: string;
  procedure: string;
  /** How it ended, in a sentence; absent: it is at work, or stands. */
  ended?: string;
  /** An isolation that has done its work: the service stays isolated until somebody lifts it. */
  stands?: { service: string };
}

/** What people were told. */
export interface ToldUpdate {
  /** UTC. */
  at: string;
  by: string;
  message: string;
}

/** What the query `incident` answers. */
export interface IncidentView {
  incident: string;
  openedAt: string;
  severity: string;
  /** `open`: nobody has chosen. `by-hand`: people are at work. `recovered`: verified, not declared. `reviewing`: over, its review is due. */
  state: 'open' | 'responding' | 'by-hand' | 'recovered' | 'reviewing' | 'closed';
  /** The one that was chosen. */
  scenario?: string;
  affected: string[];
  verdicts: Verdict[];
  runs: StartedRun[];
  updates: ToldUpdate[];
  /** UTC; absent: nobody waits for one. */
  nextUpdateBy?: string;
  missedUpdates: number;
  declared?: { by: string; reason: string; at: string };
  reviewDueBy?: string;
  review?: ReviewMessage & { at: string };
}
export const incidentQuery = defineQuery<IncidentView>('incident');
