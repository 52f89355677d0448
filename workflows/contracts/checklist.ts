/** The recovery checklist: what it is started with, what ticks it, how it stands. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import type { Milestone } from '../../plan';
import { startedBy } from './input';
import { wordSchema, type Accepted, type WordMessage } from './messages';
import { incident } from './people';

export const checklistInputSchema = z.strictObject({
  incident,
  detectedAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('when the incident was detected: the phases count from it; default: now'),
  manual: z
    .array(
      z.strictObject({
        area: z.string().trim().min(1).max(200).describe('part of the business'),
        process: z.string().trim().min(1).max(200).describe('what is done instead'),
      }),
    )
    .max(50)
    .default([])
    .describe(
      'manual processes that people begin, and end again; default: none. They make a phase of their own, the last',
    ),
  ...startedBy,
});
export type ChecklistInput = z.infer<typeof checklistInputSchema>;

const by = z.string().trim().min(1).max(200).describe('who says so: a person or a role');
const note = z.string().trim().min(1).max(2000).optional().describe('what the others should know');

/** `tick` and `untick`: one item. */
export const tickSchema = z.strictObject({
  item: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .describe('number of the item such as 2.3, or a part of its text that no other has'),
  by,
  note,
});
export type TickMessage = z.infer<typeof tickSchema>;

const milestones = [
  'assessed',
  'notified',
  'begun',
  'critical-started',
  'database-serves',
  'failover-active',
  'critical-verified',
  'all-verified',
  'data-verified',
  'validated',
] as const satisfies readonly Milestone[];

/** `milestone`: a recovery reached something; every item of it is ticked. */
export const milestoneSchema = z.strictObject({
  name: z.enum(milestones, { error: `expected ${milestones.join(', ')}` }),
  by,
  evidence: z.string().trim().min(1).max(2000).optional().describe('what proves it, in a sentence'),
});
export type MilestoneMessage = z.infer<typeof milestoneSchema>;

export const tickUpdate = defineUpdate<Accepted, [TickMessage]>('tick');
export const tickSignal = defineSignal<[TickMessage]>('tick');
export const untickUpdate = defineUpdate<Accepted, [TickMessage]>('untick');
export const untickSignal = defineSignal<[TickMessage]>('untick');
export const milestoneUpdate = defineUpdate<Accepted, [MilestoneMessage]>('milestone');
export const milestoneSignal = defineSignal<[MilestoneMessage]>('milestone');
/** `close`: the list ends with what is open. */
export const closeSchema = wordSchema;
export const closeUpdate = defineUpdate<Accepted, [WordMessage]>('close');
export const closeSignal = defineSignal<[WordMessage]>('close');

export interface ChecklistItem {
  /** `2.3`: third item of the second phase. */
  number: string;
  text: string;
  state: 'open' | 'done';
  /** Milestone that ticks it. */
  milestone?: Milestone;
  by?: string;
  note?: string;
  /** UTC; when it was ticked. */
  at?: string;
}

export interface ChecklistPhaseView {
  phase: string;
  title: string;
  /** UTC; absent: open end. */
  dueBy?: string;
  /** Its time is over and something is open. */
  overdue: boolean;
  items: ChecklistItem[];
}

/** What the query `checklist` answers. */
export interface ChecklistView {
  incident: string;
  detectedAt: string;
  done: number;
  total: number;
  phases: ChecklistPhaseView[];
}
export const checklistQuery = defineQuery<ChecklistView>('checklist');
