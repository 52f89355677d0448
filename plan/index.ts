/**
 * The recovery plan: schema, loader and types. Workflows import the types only; a parsed plan reaches them as the result
 * of an activity.
 */
export { planSchema } from './schema';
export type { Plan, PlanDocument } from './schema';
export type { ApprovalPolicy } from './schema/approvals';
export type { Blackout, Drills } from './schema/drills';
export type { Backups } from './schema/backups';
export type { SecretRef } from './schema/common';
export type { BusinessContinuity, ReducedGateway } from './schema/continuity';
export type { BusinessQuery, Database, Standby, Witness } from './schema/databases';
export type { Objectives, Tier } from './schema/objectives';
export type {
  Channels,
  ChecklistPhase,
  Communication,
  Contact,
  Milestone,
  OnCall,
  Smtp,
  Twilio,
  Webhook,
} from './schema/people';
export type { Readiness } from './schema/readiness';
export type { Freeable, Resources } from './schema/resources';
export type { Scenario } from './schema/scenarios';
export type { Schedule } from './schema/schedules';
export type { Health, Service } from './schema/services';
export type { Engine, Site, StandIn, Traffic } from './schema/sites';
export type { Gateway, Store } from './schema/stores';
export type { TestCommand, Transaction } from './schema/validation';
export { formatDuration, parseDuration } from './schema/duration';
export { formatSize, parseSize } from './schema/size';
export { PlanError } from './faults';
export type { PlanFault } from './faults';
export { canonicalJson, hashPlan } from './hash';
export { loadPlan } from './load';
export type { LoadedPlan } from './load';
export { examinePlan, parsePlan } from './parse';
export type { PlanExamination } from './parse';
export { derivePlan } from './derive';
export type { Derivation } from './derive';
export { planDocument, writePlan } from './write';
export { planJsonSchema } from './json-schema';
export { comparePlan } from './compare';
export type { PlanComparison, PlanDifference } from './compare';
export { renderPlan } from './render';
