import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlPlaneDown } from '../../scripts/control-plane/down';
import { afterwards } from './tidy';

/**
 * The environment of a control plane that knows nothing of any other; it is removed when the bench ends.
 * @param name of the platform it is for @param port of its Temporal server; the UI is 1000 above
 * @returns its home
 */
export function ownControlPlane(name: string, port: number): string {
  // One for the machine, as the ports are: a bench in another checkout finds what a killed one left.
  const home = join(tmpdir(), `${name}-home`);
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
