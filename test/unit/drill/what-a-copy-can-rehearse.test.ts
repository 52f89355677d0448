import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../../activities/shared/paths';
import { loadPlan } from '../../../plan';
import { rehearsable, scenarioIn, scenarioTitle } from '../../../workflows/contracts/drill';
import { rehearsalOf, scenariosOf } from '../../../workflows/drill/scenarios';

describe('what a copy can rehearse', () => {
  it('is listed for the plan as it is done in a test', async () => {
    const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
    const done = scenariosOf(plan).filter((name) => 'losses' in (rehearsalOf(plan, name) ?? {}));
    assert.deepEqual([...rehearsable].sort(), done.sort());
  });

  it('is read back from what its report is called', () => {
    assert.equal(scenarioIn(`${scenarioTitle('service-outage')}: because: so (tester)`), 'service-outage');
    assert.equal(scenarioIn('monthly recovery test: test of scenario x: (tester)'), undefined);
  });
});
