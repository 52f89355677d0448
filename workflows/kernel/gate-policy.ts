import type { Plan } from '../../plan';
import type { GateDefinition } from './gate';

/**
 * Who may answer a gate, and until when, as the plan has it.
 * @param gate name in the plan's `approvals`; one that is not there has no list of approvers
 * @param input `approvalTimeoutMs` goes before the plan
 * @param otherwiseMs where neither says how long it stays open, milliseconds; default 30 minutes
 */
export function gatePolicy(
  { approvals }: Pick<Plan, 'approvals'>,
  gate: string,
  { approvalTimeoutMs }: { approvalTimeoutMs?: number | undefined },
  otherwiseMs = 30 * 60_000,
): GateDefinition<never>['policy'] {
  const policy = approvals.find((one) => one.gate === gate);
  return {
    approvers: policy?.approvers ?? [],
    expiresMs: approvalTimeoutMs ?? policy?.expires ?? otherwiseMs,
    onExpiry: 'reject',
  };
}
