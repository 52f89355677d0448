import assert from 'node:assert/strict';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { procedureCommands, fieldsOf } from '../../../scripts/commands/procedures';
import type { Context } from '../../../scripts/lib/context';
import { Fault } from '../../../scripts/lib/fault';
import { noGuard } from '../../../scripts/lib/guard';
import { inputOf } from '../../../scripts/lib/input';
import { sendWord } from '../../../scripts/lib/send';
import { startRun, type Start } from '../../../scripts/lib/start';
import { failoverInputSchema, reprotectInputSchema } from '../../../workflows/contracts/failover';
import { planeOf } from './plane';

const fieldsOfCommand = (name: string) => fieldsOf(procedureCommands.find((one) => one.name === name)!);
const judge = (name: string, options: Record<string, unknown>) => ({
  options: { reason: 'why', by: 'DBA', ...options },
  fields: fieldsOfCommand(name),
  rest: { database: 'shandi' },
  names: {},
});

describe('the input from the command line', () => {
  it('is what the procedure takes by default where nothing is typed', () => {
    const faults: string[] = [];
    assert.deepEqual(inputOf(failoverInputSchema, judge('failover', {}), faults), {
      database: 'shandi',
      reason: 'why',
      by: 'DBA',
      policyMayAnswer: true,
      wake: false,
    });
    // Commander hands a --no-x that was not given over as x: true.
    assert.equal(inputOf(reprotectInputSchema, judge('reprotect', { fullBackup: true }), faults)?.fullBackup, true);
    assert.deepEqual(faults, []);
  });

  it('reads times, durations and switches', () => {
    const faults: string[] = [];
    const typed = { ask: true, disasterAt: '2026-11-22 17:29:24.890426+01', approvalTimeout: '1h30m' };
    const input = inputOf(failoverInputSchema, judge('failover', typed), faults);
    assert.equal(input?.policyMayAnswer, false);
    assert.equal(input?.disasterAt, '2026-11-22T17:29:24.890+01:00');
    assert.equal(input?.approvalTimeoutMs, 5_400_000);
    const reprotect = inputOf(reprotectInputSchema, judge('reprotect', { fresh: true, fullBackup: false }), faults);
    assert.deepEqual([reprotect?.fresh, reprotect?.fullBackup], [true, false]);
    assert.deepEqual(faults, []);
  });

  it('fills only fields that the procedure has', () => {
    const schemas = { failover: failoverInputSchema, reprotect: reprotectInputSchema };
    for (const [name, schema] of Object.entries(schemas))
      for (const field of fieldsOfCommand(name)) assert.ok(field.name in schema.shape, `${name}: ${field.name}`);
  });
});

describe('the start of a procedure', () => {
  const start: Start = {
    procedure: 'databaseSwitchover',
    workflowId: 'recover.database.shandi',
    resource: 'database.shandi',
    summary: 'switchover database.shandi',
    input: { by: 'DBA', reason: 'kernel update' },
  };
  const failing = (error: Error) => ({ start: () => Promise.reject(error) });

  it('says what has the lock', async () => {
    const taken = new WorkflowExecutionAlreadyStartedError('taken', start.workflowId, start.procedure);
    const plane = planeOf([{ id: start.workflowId, type: 'databaseFailover' }], failing(taken));
    await assert.rejects(startRun(plane, start), (error: Fault) => {
      assert.equal(error.exit, 9);
      assert.match(error.message, /^DR-LOCKED: recover\.database\.shandi is under way already \(a failover\): /);
      assert.match(error.next ?? '', /dr watch recover\.database\.shandi/);
      return true;
    });
  });

  it('says what the server does not know', async () => {
    const plane = planeOf([], failing(new Error('no mapping defined for search attribute DrState')));
    await assert.rejects(startRun(plane, start), (error: Fault) => {
      assert.equal(error.exit, 8);
      assert.match(error.next ?? '', /search-attribute create --name DrProcedure --type Keyword/);
      return true;
    });
  });

  it('takes the lock of the resource and never joins a run', async () => {
    let given: Record<string, unknown> = {};
    const take = (_type: string, options: Record<string, unknown>) => {
      given = options;
      return Promise.resolve({ firstExecutionRunId: 'r1' });
    };
    assert.equal(await startRun(planeOf([], { start: take }), start), 'r1');
    assert.equal(given['workflowId'], start.workflowId);
    assert.equal(given['workflowIdConflictPolicy'], 'FAIL');
    assert.deepEqual(given['args'], [start.input]);
  });
});

describe('a word to a guard', () => {
  const send = (error: Error): Promise<unknown> => {
    const plane = planeOf([{ id: 'guard.database.shandi', type: 'guardDatabase' }], {
      executeUpdate: () => Promise.reject(error),
    });
    const gone = noGuard('shandi', 'there is no freeze to lift');
    return sendWord({} as Context, plane, 'guard.database.shandi', 'unfreeze', {}, { gone });
  };

  it('that is not there is answered with what to start', async () =>
    assert.rejects(
      send(new WorkflowNotFoundError('not found', 'guard.database.shandi', undefined)),
      (error: unknown) => {
        assert.ok(error instanceof Fault);
        assert.equal(error.exit, 3);
        assert.equal(error.message, 'No guard of database shandi is under way: there is no freeze to lift.');
        assert.equal(error.next, 'Start one with `./dr guard shandi`.');
        return true;
      },
    ));

  it('that does not answer in time is not taken for a server that is away', async () => {
    const cause = Object.assign(new Error('4 DEADLINE_EXCEEDED'), { code: 4 });
    await assert.rejects(send(new WorkflowUpdateRPCTimeoutOrCancelledError('late', { cause })), (error: Fault) => {
      assert.equal(error.exit, 8);
      assert.match(error.message, /did not answer unfreeze within 30 s\. Whether it was taken is not known\./);
      return true;
    });
  });
});
