import { join } from 'node:path';
import { derivePlan, loadPlan, writePlan, type Database } from '../../plan';
import { platformDown, platformUp } from '../../platform/lifecycle';
import { readEnv } from '../../platform/lifecycle/env';
import { controlPlaneDown } from '../../scripts/control-plane/down';
import { controlPlaneUp } from '../../scripts/control-plane/up';
import { checkout } from '../../scripts/set-up/paths';
import { ownControlPlane } from './control-plane';
import { afterwards } from './tidy';
import { log } from './print';

/** The whole stand-in platform and a control plane of its own. */
export interface Stand {
  project: string;
  database: Database;
  /** Entries of the platform's env file, passwords included. */
  env: Record<string, string>;
  /** Address of Temporal. */
  address: string;
}

/** Brings the platform and the control plane up; both are removed when the bench ends. */
export async function buildStand(project: string, portOffset: number): Promise<Stand> {
  afterwards('removing the platform', () => platformDown({ project, anyCheckout: true }));
  // Undone before the platform is: a worker could still make something on it.
  const home = ownControlPlane(project, 7233 + portOffset);
  await controlPlaneDown();
  await platformDown({ project, anyCheckout: true });
  await platformUp({ project, portOffset, log });
  const { plan: original } = await loadPlan(join(checkout, 'plan', 'shandi.yaml'));
  const plan = derivePlan(original, { project, portOffset });
  const [database, ...others] = plan.databases;
  if (!database) throw new Error('plan/shandi.yaml has no database');
  // One disaster follows another here; production wants a person to look when that happens.
  const patient: Database = { ...database, failover: { ...database.failover, minimumInterval: 0 } };
  await writePlan({ ...plan, databases: [patient, ...others] }, join(home, 'plan.yaml'), checkout);
  const { address } = await controlPlaneUp();
  log(`Temporal and the workers are ready at ${address}`);
  return { project, database: patient, env: await readEnv(project), address };
}
