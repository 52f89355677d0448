import { activityInfo } from '@temporalio/activity';
import { approvalReferenceSchema, type ApprovalReference } from '../../workflows/contracts/approval';
import { drFailure } from '../../workflows/contracts/errors';

/**
 * First line of every destructive activity: refuses to act without an approval of this very run.
 * @throws DR-APPROVAL-MISSING (never retried)
 */
export function demandApproval(approval: ApprovalReference | undefined): ApprovalReference {
  const { workflowExecution, activityType } = activityInfo();
  const parsed = approvalReferenceSchema.safeParse(approval);
  if (!parsed.success) {
    throw drFailure('DR-APPROVAL-MISSING', `activity ${activityType} was called without a valid approval`);
  }
  if (!workflowExecution || parsed.data.runId !== workflowExecution.runId) {
    throw drFailure(
      'DR-APPROVAL-MISSING',
      `activity ${activityType} was called with an approval of run ${parsed.data.runId}, but this is run ${workflowExecution?.runId ?? 'unknown'}`,
    );
  }
  return parsed.data;
}
