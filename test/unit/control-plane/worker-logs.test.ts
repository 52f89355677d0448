import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { rememberSecret } from '../../../activities/shared/redact';
import { fieldsOf } from '../../../workers/log-fields';

describe('a line of a log', () => {
  const run = { workflowId: 'recover.database.shandi', runId: 'r-1', procedure: 'pointInTimeRecovery' };

  it('of a procedure and one of an activity name run, procedure and step by the same words', () => {
    const ofProcedure = { workflowId: run.workflowId, runId: 'r-1', workflowType: run.procedure, step: 'Restore' };
    assert.deepEqual(fieldsOf(ofProcedure), { ...run, step: 'Restore' });
    const ofActivity = {
      workflowId: run.workflowId,
      workflowRunId: 'r-1',
      workflowType: run.procedure,
      activityType: 'restoreCopy',
      attempt: 2,
    };
    assert.deepEqual(fieldsOf(ofActivity), { ...run, step: 'restoreCopy', attempt: 2 });
  });

  it('never holds the task token, by which anybody could answer in the place of the worker', () => {
    assert.deepEqual(fieldsOf({ taskToken: 'CiQ=', activityType: 'restoreCopy' }), { step: 'restoreCopy' });
  });

  it('says of a failure its code and its sentence, without secrets', () => {
    rememberSecret('correct-horse-battery');
    const failure = ApplicationFailure.nonRetryable('the pass phrase correct-horse-battery is wrong', 'DR-SECRET');
    assert.deepEqual(fieldsOf({ error: failure }), {
      err: { code: 'DR-SECRET', message: 'the pass phrase [secret] is wrong' },
    });
  });

  it('of a fault of our own says where it was thrown', () => {
    const { err } = fieldsOf({ error: new TypeError('x is undefined') }) as { err: { code: string; stack: string } };
    assert.equal(err.code, 'DR-INTERNAL');
    assert.match(err.stack, /worker-logs\.test/);
  });
});
