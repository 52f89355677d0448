/** Words of reduced functionality: its modes, its procedure, and what activities tell of it. */
import { z } from 'zod';
import type { Gateway, ReducedGateway, Site } from '../../plan';
import { startedBy } from './input';

/** `maintenance`: every client is kept out. `critical-only`: the essential services of the plan stay open. */
export const reducedModes = ['maintenance', 'critical-only'] as const;
export type ReducedMode = (typeof reducedModes)[number];

/** What a run of it locks: the gateway as clients meet it. */
export const gatewayResource = 'gateway';

const day = 86_400_000;

export const reducedFunctionalityInputSchema = z.strictObject({
  ...startedBy,
  mode: z
    .enum([...reducedModes, 'off'], { error: 'expected maintenance, critical-only or off' })
    .describe(
      'maintenance: keep every client out; critical-only: leave the essential services open; off: lift what a run that has ended, or a person, has left behind',
    ),
  forMs: z
    .int()
    .min(1_000)
    .max(7 * day)
    .default(30 * 60_000)
    .describe(
      'milliseconds after which the mode is lifted by itself. Default 30 minutes; the plan says how long at most',
    ),
});
export type ReducedFunctionalityInput = z.infer<typeof reducedFunctionalityInputSchema>;

/** Who has switched a mode on: the content of the file that switches it. */
export const reducedMarkSchema = z.strictObject({
  mode: z.enum(reducedModes),
  workflowId: z.string().min(1),
  /** First run of the workflow: a run that was reset keeps it. */
  runId: z.string().min(1),
  /** UTC. */
  since: z.iso.datetime(),
  by: z.string(),
  reason: z.string(),
  /** UTC; when the run lifts it at the latest. Absent: with its own end. */
  until: z.iso.datetime().optional(),
});
export type ReducedMark = z.infer<typeof reducedMarkSchema>;

/** Who has it: the run that asks, another one that is under way, one that has ended, or nobody known (no mark in the file). */
export type ReducedOwner = 'own' | 'runs' | 'ended' | 'by-hand';

/** A mode that is switched on. */
export interface ReducedNow {
  mode: ReducedMode;
  owner: ReducedOwner;
  /** Absent: the file holds none. */
  mark?: ReducedMark;
}

/** The gateway an activity works on, and how the plan says that it is told. */
export interface ReducedAt {
  gateway: Gateway;
  site: Site;
  reduced: ReducedGateway;
  /** The run that asks. */
  own: MarkedRun;
}

/** A run as a mark names it. */
export interface MarkedRun {
  workflowId: string;
  runId: string;
}

/** Pages by which a mode is proven: what the gateway answers itself, and what it passes on. */
export interface ReducedPages {
  closed: string[];
  open: string[];
}

/** What became of a switch. */
export interface Switched {
  /** Modes of others that were taken away, with who had them. */
  lifted: ReducedNow[];
  /** What clients get now, in a sentence. */
  says: string;
  /** false: the gateway does not run, so that nobody could be asked; it finds the file when it does. */
  asked: boolean;
}

/** Files that say what is on at a moment: they are no configuration, and no backup brings them back. */
export const reducedFiles = (reduced: ReducedGateway | undefined): string[] =>
  reduced ? [reduced.maintenance, reduced.criticalOnly].map((file) => `${reduced.directory}/${file}`) : [];

/** Who has a mode, in words. */
export function whoHas({ mode, owner, mark }: ReducedNow): string {
  if (!mark) return `${mode} was switched on by hand: its file says nothing of a run`;
  const end = owner === 'ended' ? ', which has ended' : '';
  return `${mode} is on since ${mark.since}, by ${mark.workflowId}${end} (${mark.by}: ${mark.reason})`;
}
