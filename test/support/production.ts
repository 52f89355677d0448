/**
 * Root hooks of the layer of the production control plane: the platform of the tests, and beside it Temporal on PostgreSQL and
 * the workers as containers, from nothing. `DR_TEST_KEEP=1` leaves both running at the end, and uses what runs.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../activities/shared/paths';
import { holdsMachine, lockMachine, unlockMachine } from '../../scripts/lib/machine-lock';
import { portOffset, project, temporalPort, testHome } from './names';

Object.assign(process.env, {
  DR_HOME: testHome,
  DR_TEMPORAL_PORT: String(temporalPort),
  DR_PLAN: join(testHome, 'plan.yaml'),
  TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
});

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    // Temporal may have to be built from source.
    this.timeout(900_000);
    const { platformDown, platformUp } = await import('../../platform/lifecycle/index.js');
    const { derivePlan, loadPlan, writePlan } = await import('../../plan/index.js');
    const { buildControlPlaneImages } = await import('../../scripts/production/images.js');
    const { writeSettings } = await import('../../scripts/production/settings.js');
    const { onControlPlane, removeControlPlane, settings } = await import('./containers.js');
    lockMachine(project, 'mocha');
    if (!process.env['DR_TEST_KEEP']) {
      await Promise.all([removeControlPlane(), platformDown({ project, anyCheckout: true })]);
      rmSync(testHome, { recursive: true, force: true });
    }
    mkdirSync(testHome, { recursive: true });
    const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
    await writePlan(derivePlan(plan, { project, portOffset }), process.env['DR_PLAN'] ?? '', root());
    await buildControlPlaneImages(() => undefined);
    writeSettings(settings);
    await Promise.all([platformUp({ project, portOffset }), onControlPlane('up', '-d', '--wait')]);
  },

  async afterAll(this: Mocha.Context): Promise<void> {
    // What another run works on is not ours to remove.
    if (!holdsMachine(project)) return;
    if (process.env['DR_TEST_KEEP']) return void unlockMachine(project);
    this.timeout(120_000);
    const { platformDown } = await import('../../platform/lifecycle/index.js');
    const { removeControlPlane } = await import('./containers.js');
    await Promise.all([removeControlPlane(), platformDown({ project })]);
    unlockMachine(project);
  },
};
