import type { Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { StartedService } from '../../workflows/contracts/system';
import { problemOf } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { compose, composeHashes } from '../shared/compose';
import { engineOf, engineStatus } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { afterOrphan } from '../shared/orphan-compose';
import { listServices } from '../shared/project';
import { redact } from '../shared/redact';

export interface StartServices {
  site: Site;
  /** Compose services, which must not be servers of a database: an old primary must never be started by the way. */
  services: string[];
  approval: ApprovalReference;
}

/** Starts under way at once: an engine that starts many containers at a time starts none of them sooner. */
const atOnce = 6;
const hashLabel = 'com.docker.compose.config-hash';
/** Compose ends on its own when its worker was killed. */
const orphanMs = 20_000;

/**
 * Makes sure that services have a container that runs: one that has ended is started where it is; one that is missing, or was
 * made of an older configuration, is made from the Compose file. One that runs, is paused or dies again and again is left to whoever knows more about it. Images are
 * never pulled. Safe to repeat.
 * @returns how each came to run, or why it does not; a service that cannot be started is no failure of the others
 * @throws DR-APPROVAL-MISSING, DR-ENGINE
 */
export async function startServices(args: StartServices): Promise<StartedService[]> {
  demandApproval(args.approval);
  const { site, services } = args;
  return withHeartbeat(`starting ${services.join(', ')}`, async (_beat, signal) => {
    await afterOrphan(async () => ((await missing(args)).length === 0 ? 'there' : undefined), orphanMs, signal);
    const [before, hashes] = await Promise.all([
      listServices(site),
      // Where Compose cannot read its files nothing is known to be old, and what is missing cannot be made either.
      composeHashes(site, signal).catch(() => new Map<string, string>()),
    ]);
    signal.throwIfAborted();
    const ended = services.filter((service) =>
      ['exited', 'created', 'dead'].includes(before.get(service)?.State ?? ''),
    );
    // A container keeps the environment it was made with: after a failover it would look for the database at its old place.
    const old = ended.filter((service) => {
      const hash = hashes.get(service);
      return hash !== undefined && before.get(service)?.Labels[hashLabel] !== hash;
    });
    const absent = [...services.filter((service) => !before.has(service)), ...old];
    const stopped = ended.filter((service) => !old.includes(service));
    const problems = new Map<string, string>();
    const make = absent.length > 0 ? makeAll(args, absent, problems, signal) : undefined;
    await inTurn(stopped, async (service) => {
      signal.throwIfAborted();
      const why = await start(site, before.get(service)?.Id ?? '');
      if (why !== undefined) problems.set(service, why);
    });
    await make;
    // One that the engine cannot start (its network is gone, for one) is made anew.
    const refused = stopped.filter((service) => problems.has(service));
    if (refused.length > 0) await makeAll(args, refused, problems, signal, ['--force-recreate']);
    const after = await listServices(site);
    return services.map((service): StartedService => {
      const now = after.get(service);
      const id = now ? { containerId: now.Id } : {};
      const told = problems.get(service);
      if (now?.State === 'running')
        return {
          service,
          ...id,
          how: absent.includes(service) ? 'made' : stopped.includes(service) ? 'started' : 'ran',
        };
      const problem = told ?? (now ? `its container is ${now.State}: ${now.Status}` : 'it has no container');
      return { service, ...id, how: 'failed', problem };
    });
  });
}

const missing = async ({ site, services }: StartServices): Promise<string[]> => {
  const found = await listServices(site);
  return services.filter((service) => found.get(service)?.State !== 'running');
};

/** All with one call, which is one reading of the file; when that fails each by itself, so that one bad image stops nobody else. */
async function makeAll(
  { site }: StartServices,
  services: string[],
  problems: Map<string, string>,
  signal: AbortSignal,
  more: string[] = [],
): Promise<void> {
  const up = (names: string[]): Promise<void> =>
    compose(site, ['up', '-d', '--no-deps', '--pull', 'never', ...more, ...names], signal);
  try {
    return await up(services);
  } catch (error) {
    signal.throwIfAborted();
    if (services.length === 1) return void problems.set(services[0] ?? '', problemOf(error).message);
  }
  for (const service of services)
    await up([service]).catch((error: unknown) => {
      signal.throwIfAborted();
      problems.set(service, problemOf(error).message);
    });
}

/** @returns why the engine does not start it */
async function start(site: Site, id: string): Promise<string | undefined> {
  try {
    await engineOf(site).getContainer(id).start();
  } catch (error) {
    // 304: somebody has started it.
    if (engineStatus(error) === 304) return undefined;
    return `the engine does not start it: ${redact((error as Error).message).slice(0, 300)}`;
  }
  return undefined;
}

async function inTurn(list: string[], work: (one: string) => Promise<void>): Promise<void> {
  const waiting = [...list];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, worker));
}
