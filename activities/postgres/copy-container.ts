import { createHash } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import type { ContainerCreateOptions } from 'dockerode';
import type { DatabaseAt, RecoveryTarget } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { labels } from '../shared/containers';
import { runLabels } from '../shared/copy-names';
import { engineStatus, onEngine } from '../shared/engine';
import { secret } from '../shared/secrets';

/** What `startCopy` is given. */
export interface StartCopy extends DatabaseAt {
  key: string;
  /** Image id or name of the damaged server: the copy runs the very same programs. */
  image: string;
  /** Volume that holds the restored data directory. */
  volume: string;
  target: RecoveryTarget;
  /** Position of the target as pre-flight found it; for the progress, and the end of the archive for `latest`. */
  targetLsn?: string;
  /** WAL to replay, bytes; for the progress. */
  walBytes: number;
  /** The five standby settings of the primary (`DatabaseFacts.settings`); the copy gets at least these. */
  settings?: Record<string, number>;
}

export interface CopySpec extends DatabaseAt {
  /** Name of the container. */
  name: string;
  image: string;
  volume: string;
  target: RecoveryTarget;
  /** WAL to replay, bytes. */
  walBytes: number;
  /** Settings the copy must have at least: those of the primary. */
  settings: Record<string, number>;
}

/** Tells a container made for exactly this volume, image and target from one of an earlier target. */
export function specHash(spec: CopySpec): string {
  const parts = [spec.image, spec.volume, spec.target, activityInfo().workflowExecution?.workflowId];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** Creates, but does not start, the container of a copy: no network, no restart, repository read-only, no archiving. */
export async function createCopyContainer(spec: CopySpec): Promise<string> {
  const { database, site } = spec;
  const cipher = database.backup.cipherPass ? await secret(database.backup.cipherPass) : undefined;
  const memory = await onEngine(
    site,
    'asking for the memory',
    (engine) => engine.info() as Promise<{ MemTotal: number }>,
  );
  const options: ContainerCreateOptions = {
    name: spec.name,
    Image: spec.image,
    User: 'postgres',
    Entrypoint: ['postgres'],
    Cmd: ['-D', database.dataDirectory, ...settingArguments(spec.settings, memory.MemTotal)],
    Env: [
      'TZ=UTC',
      'LC_ALL=C.UTF-8',
      ...archiveGet(spec.walBytes),
      ...(cipher ? [`PGBACKREST_REPO1_CIPHER_PASS=${cipher}`] : []),
    ],
    Labels: { ...runLabels(site, 'copy'), [labels.spec]: specHash(spec) },
    StopSignal: 'SIGINT',
    NetworkDisabled: true,
    HostConfig: {
      NetworkMode: 'none',
      RestartPolicy: { Name: 'no' },
      Binds: [
        `${spec.volume}:${database.dataDirectory}`,
        `${database.backup.repositoryVolume}:${database.backup.repositoryPath}:ro`,
      ],
      // Parallel queries of the inspection share memory there; Docker's default is 64 MB.
      ShmSize: 268_435_456,
    },
  };
  try {
    return (
      await onEngine(site, `creating container ${spec.name}`, (engine) =>
        engine.createContainer(options).catch(keepStatus),
      )
    ).id;
  } catch (error) {
    const status = (error as { details?: [{ details?: { status?: number } }] }).details?.[0].details?.status;
    if (status === 404)
      throw drFailure('DR-IMAGE-MISSING', `image ${spec.image} is not on the engine of site ${site.name}`);
    throw error;
  }
}

/**
 * How segments are fetched. Fetching ahead (async) replays a long way faster, but its first two segments took 1.3 s each
 * where a plain get took a tenth of that, and a promotion pays again: below about 50 segments a plain get is quicker.
 */
const archiveGet = (walBytes: number): string[] =>
  walBytes < 805_306_368 ? ['PGBACKREST_ARCHIVE_ASYNC=n'] : ['PGBACKREST_ARCHIVE_ASYNC=y'];

const keepStatus = (error: unknown): never => {
  throw drFailure('DR-ENGINE', `the engine refused to create the copy's container: ${(error as Error).message}`, {
    retry: true,
    details: { status: engineStatus(error) },
  });
};

/**
 * Command-line settings: they beat every file in the restored data directory, so isolation does not depend on what the
 * backup carried. Larger shared_buffers: replay with 4 GB took two thirds of the time it took with 512 MB.
 */
function settingArguments(settings: Record<string, number>, memoryBytes: number): string[] {
  const buffersMb = Math.min(4096, Math.max(128, Math.floor(memoryBytes / 4 / 1_048_576)));
  const fixed: [string, string][] = [
    ['archive_mode', 'off'],
    ['listen_addresses', ''],
    ['ssl', 'off'],
    // The data may come from a server that once followed, or waited for, another one.
    ['primary_conninfo', ''],
    ['primary_slot_name', ''],
    ['synchronous_standby_names', ''],
    ['hot_standby', 'on'],
    ['shared_buffers', `${buffersMb}MB`],
    ['wal_retrieve_retry_interval', '200ms'],
    // The log is read by this program and goes to the container's output.
    ['lc_messages', 'C'],
    ['log_destination', 'stderr'],
    ['logging_collector', 'off'],
    ['log_timezone', 'UTC'],
    ['log_min_messages', 'warning'],
    ['log_line_prefix', '%m [%p] '],
  ];
  const atLeast = Object.entries(settings).map(([name, value]): [string, string] => [name, String(value)]);
  return [...fixed, ...atLeast].flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
