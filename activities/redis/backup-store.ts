import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import type { RedisBackup, StoreAt } from '../../workflows/contracts/store';
import { drFailure } from '../../workflows/contracts/errors';
import { findService } from '../shared/containers';
import { onEngine, patientEngineOf } from '../shared/engine';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { until } from '../shared/until';
import { writeFileAtomically } from '../shared/write-file';
import { backupFolder, manifestFile, readManifest, snapshotFile } from './backup-files';
import { redisCli, redisInfo } from './cli';

export interface BackupStore extends StoreAt {
  /** `backups.directory` of the plan. */
  directory: string;
  /** `20261122T172924Z-1ea3d016`: the same for every try of a run. */
  label: string;
  /** Time for the server to write its snapshot, milliseconds (default 10 minutes). */
  deadlineMs?: number;
}

// $1 the server's file, $2 where it is copied to. The server replaces its file in one step, so the copy is of one snapshot.
const copyAndCheck = `set -e
cp "$1" "$2"
redis-check-rdb "$2"`;

/**
 * Has the server write a snapshot, waits until that one is written, copies it out of the container, has it checked, and keeps
 * it with its checksum. `BGSAVE` alone proves nothing: it returns at once, and the file that is there is the one before
 * (Redis manual, "BGSAVE"). A backup that a former try has finished is returned.
 * @throws DR-STORE, DR-BACKUP-FAILED
 */
export async function backupStore(args: BackupStore): Promise<RedisBackup> {
  const { site, store, label } = args;
  const folder = backupFolder(args.directory, store);
  return withHeartbeat(`backing up ${store.name}`, async (_beat, signal) => {
    const before = await readManifest(folder, label);
    if (before) return before;
    const info = await findService(site, store.service);
    if (!info?.State.Running)
      throw drFailure('DR-STORE', `${store.name} at site ${site.name} does not run: there is nothing to back up`);
    // By its own clock, whole seconds.
    const beganAt = Number((await redisCli(args, info.Id, ['TIME'], { signal })).split(/\r?\n/)[0]);
    const takenAt = new Date().toISOString();
    await snapshot(args, info.Id, signal);
    const copy = `/tmp/dr-${label}.rdb`;
    try {
      const source = await serverFile(args, info.Id, signal);
      const checked = await execIn(site, info.Id, ['sh', '-c', copyAndCheck, 'sh', source, copy], {
        signal,
        timeoutMs: 600_000,
      });
      const counted = readCheck(args, checked.exitCode, `${checked.stdout}${checked.stderr}`, beganAt);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await takeOut(args, info.Id, copy, snapshotFile(folder, label), signal);
      const server = await redisInfo(args, info.Id, 'server', { signal });
      const backup: RedisBackup = {
        label,
        store: store.name,
        takenAt,
        ...file,
        ...counted,
        version: server['redis_version'] ?? '',
      };
      // Written last: a backup without it was never finished.
      await writeFileAtomically(manifestFile(folder, label), `${JSON.stringify(backup, undefined, 2)}\n`, 0o600);
      return backup;
    } finally {
      await execIn(site, info.Id, ['rm', '-f', copy]).catch(() => undefined);
    }
  });
}

/** Returns when a snapshot that began after this call should be on the server's disk; the file itself proves that it is. */
async function snapshot(args: BackupStore, container: string, signal: AbortSignal): Promise<void> {
  const state = (): Promise<Record<string, string>> => redisInfo(args, container, 'persistence', { signal });
  const { deadlineMs = 600_000 } = args;
  let last: Record<string, string> = {};
  const onTimeout = (): Error =>
    drFailure(
      'DR-BACKUP-FAILED',
      `${args.store.name} did not write a snapshot within ${deadlineMs / 1000} s: rdb_last_bgsave_status is ${last['rdb_last_bgsave_status'] ?? 'not known'}`,
      { retry: true },
    );
  const idle = async (): Promise<Record<string, string> | undefined> =>
    (last = await state())['rdb_bgsave_in_progress'] === '0' ? last : undefined;
  // One that is under way began before us.
  const before = await until(idle, { deadlineMs, everyMs: 50, signal, onTimeout });
  // SCHEDULE: while the append-only file is rewritten a plain BGSAVE is refused.
  await redisCli(args, container, ['BGSAVE', 'SCHEDULE'], { signal });
  await until(
    async () => ((await idle()) && Number(last['rdb_saves']) > Number(before['rdb_saves']) ? true : undefined),
    { deadlineMs, everyMs: 50, signal, onTimeout },
  );
  if (last['rdb_last_bgsave_status'] !== 'ok')
    throw drFailure(
      'DR-BACKUP-FAILED',
      `${args.store.name} could not write its snapshot: look at its log and its disk`,
      {
        retry: true,
      },
    );
}

/**
 * What redis-check-rdb read. The server counts a snapshot when it begins one, and one that was broken off (by FLUSHALL) leaves
 * the file before: when the file was begun stands in it.
 */
function readCheck(
  { store }: BackupStore,
  exitCode: number,
  said: string,
  beganAt: number,
): { keys: number; expiring: number } {
  const failed = (why: string): Error =>
    drFailure('DR-BACKUP-FAILED', `the snapshot of ${store.name} ${why}`, { retry: true });
  if (exitCode !== 0 || !/RDB looks OK/.test(said))
    throw failed(`is not taken by redis-check-rdb: ${said.trim().slice(-300)}`);
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(said)?.[1];
    if (found === undefined) throw failed(`was checked, and the answer has no ${pattern.source}`);
    return Number(found);
  };
  const begun = number(/ctime = '(\d+)'/);
  if (begun < beganAt)
    throw failed(`was begun ${beganAt - begun} s before it was asked for: another one was broken off`);
  return { keys: number(/(\d+) keys read/), expiring: number(/(\d+) expires/) };
}

async function serverFile(at: StoreAt, container: string, signal: AbortSignal): Promise<string> {
  const value = async (name: string): Promise<string> =>
    (await redisCli(at, container, ['CONFIG', 'GET', name], { signal })).split(/\r?\n/)[1] ?? '';
  return `${await value('dir')}/${await value('dbfilename')}`;
}

/** Copies one file out of a container, onto this machine's disk. @returns its size and checksum */
async function takeOut(
  { site }: StoreAt,
  container: string,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  const part = `${to}.part`;
  const hash = createHash('sha256');
  let bytes = 0;
  const archive = await onEngine(site, `reading ${from} of container ${container}`, () =>
    patientEngineOf(site).getContainer(container).getArchive({ path: from }),
  );
  try {
    const tar = extract();
    const written = new Promise<void>((resolve, reject) => {
      tar.on('entry', (_header, entry, next) => {
        entry.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          hash.update(chunk);
        });
        pipeline(entry, createWriteStream(part, { mode: 0o600 }), { signal }).then(() => next(), reject);
      });
      tar.on('finish', resolve);
      tar.on('error', reject);
    });
    await Promise.all([pipeline(archive, tar, { signal }), written]);
    const file = await open(part, 'r+');
    await file.sync().finally(() => file.close());
    await rename(part, to);
  } finally {
    await rm(part, { force: true });
  }
  return { bytes, sha256: hash.digest('hex') };
}
