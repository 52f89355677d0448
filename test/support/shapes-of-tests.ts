/** The shapes that tests on a copy of the platform can have; `save-histories` keeps one of each. */
import { controlQueue } from '../../workflows/contracts/names';
import type { House } from './house';
import type { Shape } from './shapes';

const test = (house: House, procedure: 'monthlyRecoveryTest' | 'quarterlyRecoveryTest'): ReturnType<Shape> =>
  house.client.workflow.start(procedure, {
    taskQueue: controlQueue,
    workflowId: 'test.system',
    args: [{ reason: 'saved history', by: 'on-call' }],
  });

export const shapesOfTests: Record<string, Record<string, Shape>> = {
  'monthly-recovery-test': {
    passed: (house) => test(house, 'monthlyRecoveryTest'),
    'not-isolated': (house, site) => {
      site.drill.isolation.reached.push('shandi-postgres-1 172.18.0.3:5432');
      return test(house, 'monthlyRecoveryTest');
    },
  },
  'scenario-test': {
    'service-failure': (house) =>
      house.client.workflow.start('scenarioTest', {
        taskQueue: controlQueue,
        workflowId: 'test.system',
        args: [{ scenario: 'service-failure', reason: 'saved history', by: 'on-call' }],
      }),
  },
  // No channel is configured: nobody can be told, and the test says so at its end.
  'quarterly-recovery-test': { failed: (house) => test(house, 'quarterlyRecoveryTest') },
};
