/** Words of the tests that lose and recover a copy of the platform. */
import { z } from 'zod';
import type { Drills, Site } from '../../plan';
import type { ProcedureName } from './names';
import type { EvidenceRef } from './run-view';
import { startedBy } from './input';

const { reason, by, planHash } = startedBy;

export const recoveryTestInputSchema = z.strictObject({ reason, by, planHash });
export type RecoveryTestInput = z.infer<typeof recoveryTestInputSchema>;

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

/** Rows of a table, and the server's clock when they were counted. */
export interface RowCount {
  /** null: there is no such table. */
  rows: number | null;
  /** UTC, microseconds. */
  at: string;
}

/** Procedures that are tests: what they recover are copies. */
export const testProcedures: readonly ProcedureName[] = ['restoreTest', 'monthlyRecoveryTest', 'quarterlyRecoveryTest'];
