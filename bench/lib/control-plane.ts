import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../scripts/set-up/paths';
import { controlPlaneDown } from '../../scripts/control-plane/down';
import { afterwards } from './tidy';

/**
 * The environment of a control plane that knows nothing of any other; it is removed when the bench ends.
 * @param name directory below `.dr` @param port of its Temporal server; the UI is 1000 above
 * @returns its home
 */
export function ownControlPlane(name: string, port: number): string {
  const home = join(checkout, '.dr', name);
  // A Temporal server named in the caller's environment may be production's.
  for (const variable of Object.keys(process.env))
    if (variable.startsWith('TEMPORAL_') && variable !== 'TEMPORAL_CLI_PATH') delete process.env[variable];
  Object.assign(process.env, {
    DR_HOME: home,
    DR_PLAN: join(home, 'plan.yaml'),
    DR_TEMPORAL_PORT: String(port),
    DR_TEMPORAL_UI_PORT: String(port + 1000),
    DR_LOG_LEVEL: 'warn',
  });
  afterwards('stopping the control plane', async () => {
    await controlPlaneDown();
    rmSync(home, { recursive: true, force: true });
  });
  return home;
}
