import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { engineStatus, onEngine, patientEngineOf } from './engine';
import { until } from './until';

/** The engine lets go of a volume a moment after its container, milliseconds. */
const letGoMs = 10_000;

/** Removes a volume that nobody needs; what is gone is gone. @throws DR-ENGINE when it stays in use */
export async function removeVolume(site: Site, name: string, signal: AbortSignal): Promise<void> {
  await until(() => attempt(site, name), {
    deadlineMs: letGoMs,
    signal,
    onTimeout: () => drFailure('DR-ENGINE', `volume ${name} stays in use`, { retry: true }),
  });
}

async function attempt(site: Site, name: string): Promise<true | undefined> {
  try {
    await patientEngineOf(site).getVolume(name).remove();
    return true;
  } catch (error) {
    const status = engineStatus(error);
    if (status === 404) return true;
    // Not yet.
    if (status === 409) return undefined;
    return onEngine(site, `removing volume ${name}`, () => Promise.reject(error as Error));
  }
}

/** Refuses when a container that is none of `own` has the volume. @throws DR-NOT-OURS */
export async function demandUnused(site: Site, volume: string, own: string[]): Promise<void> {
  const users = await onEngine(site, `asking who uses ${volume}`, (engine) =>
    engine.listContainers({ all: true, filters: { volume: [volume] } }),
  );
  const other = users.flatMap((one) => one.Names.map((name) => name.slice(1))).find((name) => !own.includes(name));
  if (other) throw drFailure('DR-NOT-OURS', `volume ${volume} is used by container ${other}`);
}
