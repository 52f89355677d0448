/**
 * Root hooks of the real layer: one platform (`shandi-test`, ports + 10000) and one control plane for all files, swept
 * first of what an earlier, killed run left behind, in whichever checkout. `DR_TEST_KEEP=1` leaves both running at the end, and
 * uses what runs.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../activities/shared/paths';
import { holdsMachine, lockMachine, unlockMachine } from '../../scripts/lib/machine-lock';
import { metricsPort, portOffset, project, temporalPort, testHome } from './names';

// Set before anything of ours is loaded, and inherited by every process the tests start.
Object.assign(process.env, {
  DR_HOME: testHome,
  DR_TEMPORAL_PORT: String(temporalPort),
  DR_PLAN: join(testHome, 'plan.yaml'),
  TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
  DR_METRICS_ADDRESS: `127.0.0.1:${metricsPort}`,
});

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(300_000);
    const { platformDown, platformUp } = await import('../../platform/lifecycle/index.js');
    const { controlPlaneUp } = await import('../../scripts/control-plane/up.js');
    const { controlPlaneDown } = await import('../../scripts/control-plane/down.js');
    const { derivePlan, loadPlan, writePlan } = await import('../../plan/index.js');
    lockMachine(project, 'mocha');
    if (!process.env['DR_TEST_KEEP']) {
      await controlPlaneDown();
      await platformDown({ project, anyCheckout: true });
      rmSync(testHome, { recursive: true, force: true });
    }
    mkdirSync(testHome, { recursive: true });
    const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
    await writePlan(derivePlan(plan, { project, portOffset }), process.env['DR_PLAN'] ?? '', root());
    await Promise.all([platformUp({ project, portOffset }), controlPlaneUp()]);
  },

  async afterAll(this: Mocha.Context): Promise<void> {
    // What another run works on is not ours to remove.
    if (!holdsMachine(project)) return;
    if (process.env['DR_TEST_KEEP']) return void unlockMachine(project);
    this.timeout(120_000);
    const { platformDown } = await import('../../platform/lifecycle/index.js');
    const { controlPlaneDown } = await import('../../scripts/control-plane/down.js');
    await Promise.all([controlPlaneDown(), platformDown({ project })]);
    unlockMachine(project);
  },
};
