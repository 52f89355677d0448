/** Claims of the plan's own tests. */
import type { Plan } from '../../../plan';
import { ran, why, type Claim } from './claim';
import { named, pick } from './parts';

/** Tests of a scenario by its name. */
const tested =
  (scenario: string): Claim['about'] =>
  (run) =>
    run.scenario === scenario && ran('scenarioTest')(run);

/** The plan's tests by their names; one that is not here has no procedure, and so no proof. */
const tests: Partial<Record<string, Pick<Claim, 'about' | 'prove' | 'renewed'>>> = {
  monthly: {
    // The quarterly test does all of it, too.
    about: (run) => ran('monthlyRecoveryTest')(run) || ran('quarterlyRecoveryTest')(run),
    prove: `./dr test monthly ${why}`,
    renewed: 'monthly',
  },
  quarterly: { about: ran('quarterlyRecoveryTest'), prove: `./dr test quarterly ${why}`, renewed: 'quarterly' },
  'service-failure': {
    about: (run) => tested('service-failure')(run) || ran('serviceRecovery')(run),
    prove: `./dr test monthly ${why}`,
    renewed: 'monthly',
  },
  'database-failure': {
    about: (run) =>
      tested('database-failure')(run) ||
      (['pointInTimeRecovery', 'databaseFailover', 'databaseRestart'] as const).some((one) => ran(one)(run)),
    prove: `./dr test monthly ${why}`,
    renewed: 'monthly',
  },
};

export function testClaim({ name, steps }: Plan['tests'][number]): Claim[] {
  const known = tests[name];
  return [
    {
      id: `test.${name}`,
      says: `Test ${name}: ${steps.join(', ')}`,
      section: 'testing',
      renewed: known?.renewed ?? 'quarterly',
      about: known?.about ?? (() => false),
      // What the test recovers has proofs of its own.
      parts: (plan) => ({ ...named('tests', plan.tests, name), ...pick(plan, 'drills') }),
      prove: known?.prove ?? 'by hand: no procedure runs this test',
    },
  ];
}
