import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { compose } from '../shared/compose';
import { containerLog } from '../shared/container-log';
import { findService, inspectContainer } from '../shared/containers';
import { engineOf, engineStatus, onEngine, stoppingEngineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { psql } from '../shared/psql';
import { until } from '../shared/until';

export interface RestartServer extends DatabaseAt {
  /** The container as it was looked at; empty: it is gone and has to be made anew. */
  containerId: string;
  /** Make the container anew from the compose file. */
  recreate: boolean;
  approval: ApprovalReference;
  /** Time for crash recovery until it must take writes (default 10 minutes). */
  deadlineMs?: number;
}

export interface RestartedServer {
  how: 'restarted' | 'recreated';
  version: string;
  durationMs: number;
}

/** Restarts by its policy after which a server is given up. */
const hopeless = 3;
/** Time for a shutdown in order before it is killed, seconds. */
const graceSeconds = 30;

/**
 * Restarts a server where it is, on the volume it has, and waits until it takes writes in the version the plan names. One
 * that hangs is killed. A try that died half-way is taken up: a container that was started after it was looked at is not
 * restarted again.
 * @throws DR-APPROVAL-MISSING, DR-DATABASE-DOWN with the end of its log, DR-COMPOSE
 */
export async function restartServer(args: RestartServer): Promise<RestartedServer> {
  demandApproval(args.approval);
  const { site, database, containerId } = args;
  const began = Date.now();
  return withHeartbeat(`restarting ${database.service}`, async (_beat, signal) => {
    const before = containerId ? await inspectContainer(site, containerId) : undefined;
    const anew = args.recreate || !before;
    if (anew) {
      const now = await findService(site, database.service);
      const made = now !== undefined && now.Id !== containerId && now.State.Running;
      if (!made) await recreate(args, signal);
    } else {
      const container = engineOf(site).getContainer(containerId);
      // A frozen process hears no SIGINT; stopping a paused container would thaw it first.
      if (before.State.Paused)
        await onEngine(site, `killing ${containerId}`, () => container.kill({ signal: 'SIGKILL' }));
      else if (before.State.Running)
        await onEngine(site, `stopping ${containerId}`, () =>
          stoppingEngineOf(site, graceSeconds).getContainer(containerId).stop({ t: graceSeconds }).catch(ignore304),
        );
      // A container that the engine cannot start (its network is gone, for one) is made anew on the same volume.
      const refused = await container.start().then(
        () => undefined,
        (error: unknown) => (engineStatus(error) === 304 ? undefined : (error as Error)),
      );
      if (refused && engineStatus(refused) === undefined)
        await onEngine(site, `starting ${containerId}`, () => Promise.reject(refused));
      if (refused) await recreate(args, signal);
    }
    const version = await untilWritable(args, signal);
    return { how: anew ? 'recreated' : 'restarted', version, durationMs: Date.now() - began };
  });
}

const recreate = ({ site, database }: RestartServer, signal: AbortSignal): Promise<void> =>
  compose(site, ['up', '-d', '--no-deps', '--force-recreate', '--pull', 'never', database.service], signal);

const ignore304 = (error: unknown): void => {
  if (engineStatus(error) !== 304) throw error;
};

async function untilWritable(args: RestartServer, signal: AbortSignal): Promise<string> {
  const { site, database } = args;
  let last = 'it has no container';
  const before = (await findService(site, database.service))?.RestartCount ?? 0;
  const version = await until(
    async () => {
      const info = await findService(site, database.service);
      // Its restart policy has started it again and again: it dies of what waiting does not change.
      if (info && info.RestartCount - before >= hopeless) throw await whyDown(args, `it ends again and again, ${last}`);
      if (!info?.State.Running) return undefined;
      const sql = `SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE current_setting('server_version') END`;
      last = await psql(site, info.Id, sql, { signal, timeoutMs: 5000 }).catch((error: Error) => {
        signal.throwIfAborted();
        return `!${error.message}`;
      });
      return last === '' || last.startsWith('!') ? undefined : last;
    },
    {
      deadlineMs: args.deadlineMs ?? 600_000,
      everyMs: 50,
      signal,
      onTimeout: () => whyDown(args, last === '' ? 'it is in recovery, read-only' : last),
    },
  );
  if (Number.parseInt(version, 10) !== database.version)
    throw drFailure(
      'DR-DATABASE-DOWN',
      `${database.service} runs PostgreSQL ${version}, the plan says ${database.version}`,
    );
  return version;
}

async function whyDown({ site, database }: RestartServer, last: string): Promise<Error> {
  const info = await findService(site, database.service);
  const log = info ? await containerLog(site, info.Id, { tail: 5 }) : '';
  const why = last.replace(/^!|(?<=, )!/, '');
  return drFailure(
    'DR-DATABASE-DOWN',
    `${database.service} takes no writes after a restart: ${why}; its log ends: ${log.trim().slice(-500)}`,
  );
}
