import Docker from 'dockerode';
import { embedded, connect } from '../lib/connect';
import type { Context } from '../lib/context';
import { Fault } from '../lib/fault';
import type { Plan } from '../../plan';

/** Label of the workers of the production control plane, by the site or `control`. */
export const workerLabel = 'dr.control-plane.worker';

/**
 * Sees that the control plane is really lost, as far as can be told from here. Locks are kept by a server: two control planes
 * would work on one platform without a word to each other.
 *
 * @throws Fault when one answers that is not the embedded one of this checkout, or its workers still run on an engine of the plan
 */
export async function demandLost(context: Context, plan: Plan): Promise<void> {
  const answering = await connect(context).catch(() => undefined);
  await answering?.close().catch(() => undefined);
  if (answering && answering.address !== embedded()?.address)
    throw new Fault(
      'refused',
      `The control plane at ${answering.address} answers: it is not lost. Nothing was started.`,
      'Start `./dr recover system --reason "WHY"` on it. If it is another one, unset TEMPORAL_ADDRESS.',
    );
  const sockets = plan.sites.flatMap(({ engine }) => ('socketPath' in engine ? [engine.socketPath] : []));
  const alive = (await Promise.all([...new Set(sockets)].map(workersOn))).flat();
  if (alive.length > 0)
    throw new Fault(
      'refused',
      `Workers of the former control plane still run (${alive.join(', ')}). If its server comes back, its runs go on beside those of the new one. Nothing was started.`,
      `Stop them, then try again: docker stop ${alive.join(' ')}`,
    );
}

/** An engine that does not answer hides nothing that could work through it. */
async function workersOn(socketPath: string): Promise<string[]> {
  const filters = { label: [workerLabel], status: ['running', 'restarting', 'paused'] };
  const found = await new Docker({ socketPath, timeout: 10_000 }).listContainers({ filters }).catch(() => []);
  return found.map(({ Names, Id }) => Names[0]?.slice(1) ?? Id);
}
