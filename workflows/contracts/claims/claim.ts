/** One thing the plan claims, and which runs are about it. */
import type { Plan } from '../../../plan';
import type { ProcedureName } from '../names';
import type { PastRun } from '../past-runs';

/** Part of the plan document in which a claim stands. */
export type ClaimSection = 'risk' | 'recovery' | 'data' | 'failover' | 'continuity' | 'emergency' | 'testing';

export interface Claim {
  /** `database.shandi.pointInTimeRecovery`; the same for as long as the plan names it so. */
  id: string;
  /** In a sentence, without a full stop. */
  says: string;
  section: ClaimSection;
  /** How often the plan's tests renew the proof: decides when it is stale. */
  renewed: 'monthly' | 'quarterly';
  /** Whether a run is about it; whether it proved it is another question. */
  about: (run: PastRun) => boolean;
  /** What of a plan it depends on, by the path in the plan. @param run the run that is about it */
  parts: (plan: Plan, run: PastRun) => Record<string, unknown>;
  /** The line to type that proves it anew; see `inWindow`. */
  prove: string;
}

export type Parts = Claim['parts'];

/** Runs of a procedure that recovered, backed up or told; a check or a copy is none. */
export const ran =
  (procedure: ProcedureName, resource?: string): Claim['about'] =>
  (run) =>
    run.procedure === procedure &&
    (resource === undefined || run.resource === resource) &&
    !['check', 'copy'].includes(run.mode);

/** What only the platform itself can prove: a copy has other data, other backups, or other damage, on purpose. */
export const onPlatform =
  (about: Claim['about']): Claim['about'] =>
  (run) =>
    !run.drill && about(run);

/** Stands in a line for what whoever types it says. */
export const why = '--reason "WHY"';

/** A line that is the real thing: it interrupts what serves, or tells people, and is typed when both are expected. */
export const inWindow = (line: string): string => `in a planned window: ${line}`;
