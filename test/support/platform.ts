/**
 * Root hooks of the real layer: one platform (`shandi-test`, ports + 10000) and one control plane for all files, swept
 * first of what an earlier, killed run left behind. `DR_TEST_KEEP=1` leaves both running for a look.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../activities/shared/paths';

const project = 'shandi-test';
const portOffset = 10_000;

// Set before anything of ours is loaded, and inherited by every process the tests start.
const home = join(root(), '.dr', 'test');
Object.assign(process.env, {
  DR_HOME: home,
  DR_TEMPORAL_PORT: '17233',
  DR_PLAN: join(home, 'plan.yaml'),
  TEMPORAL_ADDRESS: '127.0.0.1:17233',
});

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(300_000);
    const [{ platformDown, platformUp }, { controlPlaneUp }, { controlPlaneDown }, plan] = await Promise.all([
      import('../../platform/lifecycle/index.js'),
      import('../../scripts/control-plane/up.js'),
      import('../../scripts/control-plane/down.js'),
      import('../../plan/index.js'),
    ]);
    await controlPlaneDown();
    await platformDown({ project });
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    const { plan: shandi } = await plan.loadPlan(join(root(), 'plan', 'shandi.yaml'));
    await plan.writePlan(plan.derivePlan(shandi, { project, portOffset }), process.env['DR_PLAN'] ?? '', root());
    await Promise.all([platformUp({ project, portOffset, stack: 'prod' }), controlPlaneUp()]);
  },

  async afterAll(this: Mocha.Context): Promise<void> {
    if (process.env['DR_TEST_KEEP']) return;
    this.timeout(120_000);
    const { platformDown } = await import('../../platform/lifecycle/index.js');
    const { controlPlaneDown } = await import('../../scripts/control-plane/down.js');
    await Promise.all([controlPlaneDown(), platformDown({ project })]);
  },
};
