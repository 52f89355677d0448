/**
 * Approval: proof that a person, or a stated policy, said yes to exactly the facts of one card of one run.
 *
 * `Approval` is branded: only the kernel's gate can make one, and `run.irreversible` takes nothing else. What travels to
 * an activity is its `reference`, a plain value the activity checks against its own run before it acts.
 */
import { z } from 'zod';

export const approvalReferenceSchema = z.strictObject({
  gate: z.string().min(1).describe('name of the gate that was answered, e.g. cut-over'),
  card: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .describe('hash of the card: the facts and the run id they were shown under'),
  workflowId: z.string().min(1).describe('the run that opened the gate'),
  runId: z
    .string()
    .min(1)
    .describe(
      'execution of that run; a reset to a point before the answer makes another, whose card this does not fit',
    ),
  by: z.string().min(1).describe('who said yes: a claim, not a proof, unless the server authenticates its callers'),
  via: z.enum(['person', 'policy']),
  at: z.string().describe('UTC, ISO 8601'),
});
export type ApprovalReference = z.infer<typeof approvalReferenceSchema>;

declare const brand: unique symbol;
/** Made by a gate only. See the file's head. */
export interface Approval {
  readonly [brand]: 'approval';
  readonly reference: ApprovalReference;
  readonly reason: string;
}
