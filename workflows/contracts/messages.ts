/**
 * What a person can say to a run, and what a run answers. Each takes one JSON object, so that an operator can paste it
 * into `temporal workflow update execute`, `temporal workflow signal` or the Web UI.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import type { ChildWaits, RunView } from './run-view';

const by = z.string().trim().min(1).max(200).describe('who says so: a person or a role, e.g. "on-call DBA"');
const reason = z.string().trim().min(1).max(2000).describe('why, in a sentence; it goes into the report');

/** `approve`: yes to the card that is open now. */
export const approveSchema = z.strictObject({
  card: z.string().describe('hash printed on the card; a card whose facts changed has another one'),
  by,
  reason,
});
/** `reject`: no to the open card. The run undoes what it did and ends. */
export const rejectSchema = z.strictObject({ card: z.string().describe('hash printed on the card'), by, reason });
/** `resolve`: what to do with the step a run is held at. */
export const resolveSchema = z.strictObject({
  action: z
    .enum(['retry', 'skip', 'abort'])
    .describe('retry the step, skip it (on record, where the step allows it), or abort the run and undo its changes'),
  step: z
    .int()
    .min(1)
    .optional()
    .describe('number of the held step, to be sure which one is meant; default: the held one'),
  by,
  reason,
});
/** `pause`, `resume`, `abort`: between steps. */
export const wordSchema = z.strictObject({ by, reason });
/** `retarget`: choose another target while the gate is open. The target's form is the procedure's own. */
export const retargetSchema = z.strictObject({
  target: z.unknown().describe('the new target, as in the input of the procedure'),
  by,
  reason,
});

export type ApproveMessage = z.infer<typeof approveSchema>;
export type RejectMessage = z.infer<typeof rejectSchema>;
export type ResolveMessage = z.infer<typeof resolveSchema>;
export type WordMessage = z.infer<typeof wordSchema>;
export type RetargetMessage = z.infer<typeof retargetSchema>;

/** Answer to an accepted message. */
export interface Accepted {
  at: string;
  state: string;
}

export const approveUpdate = defineUpdate<Accepted, [ApproveMessage]>('approve');
export const rejectUpdate = defineUpdate<Accepted, [RejectMessage]>('reject');
export const resolveUpdate = defineUpdate<Accepted, [ResolveMessage]>('resolve');
export const pauseUpdate = defineUpdate<Accepted, [WordMessage]>('pause');
export const resumeUpdate = defineUpdate<Accepted, [WordMessage]>('resume');
/** `lift`: what a run has put in place is taken away: reduced functionality, an isolation. */
export const liftUpdate = defineUpdate<Accepted, [WordMessage]>('lift');
export const abortUpdate = defineUpdate<Accepted, [WordMessage]>('abort');
export const retargetUpdate = defineUpdate<Accepted, [RetargetMessage]>('retarget');

/** The same words as signals, for plain `temporal workflow signal` and the Web UI; a wrong one is refused on the timeline. */
export const approveSignal = defineSignal<[ApproveMessage]>('approve');
export const rejectSignal = defineSignal<[RejectMessage]>('reject');
export const resolveSignal = defineSignal<[ResolveMessage]>('resolve');
export const pauseSignal = defineSignal<[WordMessage]>('pause');
export const resumeSignal = defineSignal<[WordMessage]>('resume');
export const liftSignal = defineSignal<[WordMessage]>('lift');
export const abortSignal = defineSignal<[WordMessage]>('abort');
export const retargetSignal = defineSignal<[RetargetMessage]>('retarget');

/** A run that was started by another tells it that a person is needed, or not any more. Between runs only. */
export const childSignal = defineSignal<[ChildWaits]>('childWaits');

/** What a run was started for is done, and stands until a person ends it: whoever started it waits no longer. Between runs. */
export const standsSignal = defineSignal<[{ workflowId: string }]>('stands');

/** `release`: the run that holds the lock of a database lets it go. Between runs, and for a person who knows why. */
export const releaseSignal = defineSignal<[WordMessage]>('release');

/** `served`: the database is the primary elsewhere now. Between runs. */
export const servedSignal = defineSignal<[{ homeStopped: boolean }]>('served');

/** `askHold`: a run asks the one that has the lock of a database whether it holds it for another site. Between runs. */
export const askHoldSchema = z.object({ workflowId: z.string().min(1), runId: z.string().min(1) });
export const askHoldSignal = defineSignal<[z.infer<typeof askHoldSchema>]>('askHold');

/** `holds`: the answer. `settled`: it does not wait for the lost site, and stops nothing there. Between runs. */
export const holdsSignal = defineSignal<[{ database: string; site: string; settled: boolean }]>('holds');

/** Everything about a run, as JSON. */
export const runQuery = defineQuery<RunView>('run');
