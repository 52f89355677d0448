import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';
import type { RedisBackup, RestoredStore } from '../../workflows/contracts/store';
import { drFailure } from '../../workflows/contracts/errors';
import { composeService, type ComposedService } from '../shared/compose';
import { containerLog } from '../shared/container-log';
import { inspectContainer, removeContainer } from '../shared/containers';
import { engineOf, onEngine, patientEngineOf, stoppingEngineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { until } from '../shared/until';
import { backupFolder, demandWhole, snapshotFile } from './backup-files';
import { countKeys, redisCli, redisInfo } from './cli';
import { storeCopyLabels, storeCopyNames, type CopyAt } from './copy-names';
import { removeStoreCopy } from './remove-store-copy';

export interface RestoreStoreCopy extends CopyAt {
  /** `backups.directory` of the plan. */
  directory: string;
  backup: RedisBackup;
}

/** Time for a server to read its files, milliseconds. */
const loadMs = 600_000;
/** Time for an end in order, seconds. */
const graceSeconds = 60;

/**
 * Restores a backup into a volume of its own, in a container without network, beside the store that may still serve. The
 * server is started on the snapshot with the append-only file off, else it would not read it (Redis issue 12762); then that
 * is switched on and written whole; then the server is started once more as Compose will start it, and counted again.
 * A copy that a former try has left is made anew.
 * @throws DR-BACKUP-CORRUPT, DR-STORE, DR-ENGINE
 */
export async function restoreStoreCopy(args: RestoreStoreCopy): Promise<RestoredStore> {
  const { site, store, backup } = args;
  const began = Date.now();
  const { volume, container } = storeCopyNames(args);
  const folder = backupFolder(args.directory, store);
  return withHeartbeat(`restoring backup ${backup.label}`, async (beat, signal) => {
    await demandWhole(folder, backup);
    const { removed } = await removeStoreCopy(args);
    if (!removed)
      throw drFailure('DR-NOT-OURS', `volume ${volume} is what ${store.name} runs on: nothing is restored into it`);
    const service = await composeService(site, store.service, signal);
    await onEngine(site, `creating volume ${volume}`, (engine) =>
      engine.createVolume({ Name: volume, Labels: storeCopyLabels(args) }),
    );
    try {
      beat({ what: 'restore', totalBytes: backup.bytes, text: `restoring ${backup.label}` });
      await create(args, service, ['--appendonly', 'no']);
      await putSnapshot(args, container, snapshotFile(folder, backup.label), signal);
      const loaded = await started(args, container, signal);
      demandKeys(args, loaded, 'read from the snapshot');
      await writeAppendOnlyFile(args, container, signal);
      await stop(args, container);
      await removeContainer(site, container);
      await create(args, service, []);
      const again = await started(args, container, signal);
      demandKeys(args, again, 'read from the append-only file');
      await stop(args, container);
      return { volume, ...again, durationMs: Date.now() - began };
    } finally {
      await removeContainer(site, container);
    }
  });
}

/** Made as Compose would make it, but for the network, the restart policy and the volume. */
async function create(args: RestoreStoreCopy, service: ComposedService, more: string[]): Promise<void> {
  const { site, store } = args;
  const { volume, container } = storeCopyNames(args);
  const mounts = service.volumes.filter((one) => one.target !== store.dataDirectory && one.type === 'bind');
  await onEngine(site, `creating container ${container}`, (engine) =>
    engine.createContainer({
      name: container,
      Image: service.image,
      Cmd: [...(service.command ?? ['redis-server']), ...more],
      ...(service.entrypoint ? { Entrypoint: service.entrypoint } : {}),
      ...(service.user ? { User: service.user } : {}),
      Env: Object.entries(service.environment).map(([name, value]) => `${name}=${value}`),
      Labels: storeCopyLabels(args),
      HostConfig: {
        NetworkMode: 'none',
        RestartPolicy: { Name: 'no' },
        Memory: service.memory,
        Binds: [`${volume}:${store.dataDirectory}`, ...mounts.map((one) => `${one.source}:${one.target}:ro`)],
      },
    }),
  );
}

/** Puts the snapshot where the server looks for it; it belongs to whom the directory belongs. */
async function putSnapshot(
  { site, store, backup }: RestoreStoreCopy,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { uid, gid } = await owner(site, container, store.dataDirectory);
  const archive = pack();
  const entry = archive.entry({ name: 'dump.rdb', mode: 0o600, uid, gid, size: backup.bytes, mtime: new Date() });
  const filled = pipeline(createReadStream(path), entry, { signal }).then(
    () => archive.finalize(),
    (error: Error) => {
      archive.destroy(error);
      throw error;
    },
  );
  const put = onEngine(site, `writing the snapshot to container ${container}`, () =>
    patientEngineOf(site).getContainer(container).putArchive(archive, { path: store.dataDirectory }),
  );
  await Promise.all([filled, put]);
}

async function owner(
  site: RestoreStoreCopy['site'],
  container: string,
  path: string,
): Promise<{ uid: number; gid: number }> {
  const stream = await onEngine(site, `reading ${path} of container ${container}`, (engine) =>
    engine.getContainer(container).getArchive({ path }),
  );
  const tar = extract();
  let found: { uid: number; gid: number } | undefined;
  tar.on('entry', (header, entry, next) => {
    found ??= { uid: header.uid ?? 0, gid: header.gid ?? 0 };
    entry.resume();
    entry.on('end', next);
  });
  await pipeline(stream, tar);
  return found ?? { uid: 0, gid: 0 };
}

/** Starts it and waits until it has read its files. */
async function started(
  args: RestoreStoreCopy,
  container: string,
  signal: AbortSignal,
): Promise<{ keys: number; expiring: number }> {
  const { site, store } = args;
  await onEngine(site, `starting ${container}`, () => engineOf(site).getContainer(container).start());
  let last = '';
  return until(
    async () => {
      const info = await inspectContainer(site, container);
      if (!info?.State.Running) throw await ended(args, container);
      const said = await redisCli(args, container, ['PING'], { signal }).catch((error: Error) => error.message);
      last = said;
      // No time mends that.
      if (/NOAUTH|WRONGPASS/.test(said))
        throw drFailure('DR-SECRET', `the copy of ${store.name} does not take the password of the plan: ${said}`);
      return said === 'PONG' ? countKeys(args, container, { signal }) : undefined;
    },
    {
      deadlineMs: loadMs,
      everyMs: 50,
      signal,
      onTimeout: () => drFailure('DR-STORE', `the copy of ${store.name} does not answer: ${last}`, { retry: true }),
    },
  );
}

async function ended({ site, store }: RestoreStoreCopy, container: string): Promise<Error> {
  const log = await containerLog(site, container, { tail: 5 });
  return drFailure('DR-STORE', `the copy of ${store.name} ended: ${log.trim().slice(-400)}`, { retry: true });
}

/** Keys that expire may have done so since the backup was taken; the others must all be there. */
function demandKeys({ store, backup }: RestoreStoreCopy, found: { keys: number; expiring: number }, how: string): void {
  const lasting = backup.keys - backup.expiring;
  if (found.keys - found.expiring === lasting && found.expiring <= backup.expiring) return;
  throw drFailure(
    'DR-STORE',
    `${store.name} has ${found.keys} keys, ${found.expiring} of which expire, ${how}; backup ${backup.label} holds ${backup.keys}, ${backup.expiring} of which expire`,
  );
}

/** Switches the append-only file on; returns when everything is in it (Redis manual, "Persistence"). */
async function writeAppendOnlyFile(args: RestoreStoreCopy, container: string, signal: AbortSignal): Promise<void> {
  await redisCli(args, container, ['CONFIG', 'SET', 'appendonly', 'yes'], { signal });
  let last: Record<string, string> = {};
  await until(
    async () => {
      last = await redisInfo(args, container, 'persistence', { signal });
      const idle = last['aof_rewrite_in_progress'] === '0' && last['aof_rewrite_scheduled'] === '0';
      if (idle && last['aof_last_bgrewrite_status'] !== 'ok')
        throw drFailure('DR-STORE', `${args.store.name} could not write its append-only file: look at the disk`, {
          retry: true,
        });
      return idle && last['aof_enabled'] === '1' ? true : undefined;
    },
    {
      deadlineMs: loadMs,
      everyMs: 50,
      signal,
      onTimeout: () => drFailure('DR-STORE', `${args.store.name} did not finish its append-only file`, { retry: true }),
    },
  );
}

async function stop({ site }: RestoreStoreCopy, container: string): Promise<void> {
  await onEngine(site, `stopping ${container}`, () =>
    stoppingEngineOf(site, graceSeconds).getContainer(container).stop({ t: graceSeconds }),
  );
}
