/** Words of the tests that lose and recover a copy of the platform. */
import { z } from 'zod';
import type { Drills, Site } from '../../plan';
import type { EvidenceRef } from './run-view';
import { despiteBlackout, startedBy } from './input';

const { reason, by, planHash } = startedBy;

export const recoveryTestInputSchema = z.strictObject({ reason, by, planHash, despiteBlackout });
export type RecoveryTestInput = z.infer<typeof recoveryTestInputSchema>;

export const scenarioTestInputSchema = z.strictObject({
  scenario: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected a scenario of the plan, service-failure or database-failure')
    .describe('scenario of the plan, service-failure or database-failure'),
  reason,
  by,
  planHash,
  despiteBlackout,
});
export type ScenarioTestInput = z.infer<typeof scenarioTestInputSchema>;

/** Scenarios that a copy can rehearse: the two that the plan tests by themselves, then those of the plan. */
export const rehearsable: readonly string[] = [
  'service-failure',
  'database-failure',
  'service-outage',
  'database-corruption',
  'network-connectivity',
  'configuration-error',
];

/** What a test of a scenario is called in its report: a failed one has no result that would name it. */
export const scenarioTitle = (scenario: string): string => `test of scenario ${scenario}`;
/** The scenario that a summary names so. */
export const scenarioIn = (summary: string): string | undefined =>
  /^test of scenario ([a-z][a-z0-9-]*): /.exec(summary)?.[1];

/** The copy of the platform that a drill works on. */
export interface DrillCopy {
  drills: Drills;
  /** The primary site of the copy: its Compose project is that of `drills`. */
  site: Site;
}

/** How a program of the plan ended that makes or removes the copy. */
export interface CopyCommand {
  durationMs: number;
  evidence?: EvidenceRef;
}

/** What is left of a copy on the engine. */
export interface CopyLeft {
  containers: string[];
  volumes: string[];
}

/** Whether the copy can touch what serves, tried from inside it. */
export interface Isolation {
  /** Connections that were tried, as `what host:port`. */
  tried: number;
  /** Those that were made: none may be. */
  reached: string[];
  /** Volumes, writable directories and networks that it shares with what serves: none may be. */
  shared: string[];
  /** A connection inside the copy that must be possible, as `host:port`; without it the tries prove nothing. */
  control: { target: string; reached: boolean };
}

/** Faults that a test plants in the copy by an activity; that of the dead channel is planted in what is told, and needs none. */
export const plantedFaults = [
  'wal-gap',
  'wrong-collation',
  'stale-backup',
  'corrupt-backup',
  'expired-certificate',
] as const;
export type PlantedFault = (typeof plantedFaults)[number];

/** A fault as it was planted. */
export interface Planted {
  /** What was done, in a sentence. */
  says: string;
  /** What a detection has to name to have found this very fault. */
  names: string;
}

/** One row of the detection score. */
export interface DetectionRow {
  fault: string;
  /** What was done. */
  planted: string;
  /** Check that had to find it. */
  detector: string;
  caught: boolean;
  /** What the check said. */
  says: string;
}

/** What was planted in a test, and what of it was found. */
export interface DetectionScore {
  /** `6/6`. */
  score: string;
  caught: number;
  planted: number;
  faults: DetectionRow[];
}

/** That what serves is unwell while a test runs. */
export interface UnwellServing {
  /** UTC. */
  at: string;
  /** What was asked, and what it said. */
  says: string;
}

/** Rows of a table, and the server's clock when they were counted. */
export interface RowCount {
  /** null: there is no such table. */
  rows: number | null;
  /** UTC, microseconds. */
  at: string;
}
