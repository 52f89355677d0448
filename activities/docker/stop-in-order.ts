import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { inspectContainer } from '../shared/containers';
import { formatLsn, lsnBytes } from '../../workflows/contracts/wal';
import { parseControlData, wasShutDown } from '../shared/control-data';
import { readControlFile, type ControlFile } from '../shared/control-file';
import { engineStatus, onEngine, stoppingEngineOf } from '../shared/engine';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';
import { closeSessions } from '../shared/session';
import { mountpoint, withVolumeFiles } from '../shared/volume-files';

export interface StopInOrder extends DatabaseAt {
  containerId: string;
  /** Its data volume. */
  volume: string;
  /** A running container with PostgreSQL's programs: the standby's. It reads the control file of the stopped server. */
  reader: { site: Site; container: string };
  /** Time for the shutdown, milliseconds; one that takes longer is killed by the engine, which proves nothing. */
  timeoutMs: number;
  approval: ApprovalReference;
}

export interface StoppedInOrder {
  /** Location of the shutdown checkpoint: the last record of its WAL. */
  checkpointLsn: string;
  timeline: number;
  systemIdentifier: string;
  durationMs: number;
}

// $1 a directory of its own. The control file comes on standard input; pg_controldata checks its CRC.
const script = `export LC_ALL=C; rm -rf "$1" && mkdir -p "$1/global" && cat > "$1/global/pg_control" && pg_controldata -D "$1"; code=$?; rm -rf "$1"; exit $code`;

/**
 * Stops a primary in order (SIGINT, "fast"): it waits until its standbys have everything, the shutdown checkpoint included
 * (PostgreSQL manual 19.5). Proven by its exit code and its control file: a server that was killed at the time-out is not
 * shut down in order. The restart policy must be `no` already.
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-STALL when it did not shut down in order
 */
export async function stopInOrder(args: StopInOrder): Promise<StoppedInOrder> {
  demandApproval(args.approval);
  const began = Date.now();
  const { site, database, containerId, volume } = args;
  return withHeartbeat(`stopping ${database.service} in order`, async (_beat, signal) => {
    const before = await inspectContainer(site, containerId);
    if (!before) throw drFailure('DR-STALL', `container ${containerId} of ${database.service} is gone`);
    demandService(site, database.service, before);
    closeSessions(site, containerId);
    const seconds = Math.max(1, Math.ceil(args.timeoutMs / 1000));
    const exitCode = before.State.Running ? await stop(args, seconds) : before.State.ExitCode;
    if (exitCode !== 0)
      throw drFailure(
        'DR-STALL',
        `${database.service} did not shut down in order: ${exitCode === undefined ? 'it still runs' : `exit code ${exitCode}`}`,
      );
    const { dataDirectory } = database;
    const source = { containerId, volume, image: before.Image, dataDirectory };
    const control = await withVolumeFiles(site, source, (files) => files.read('global/pg_control'));
    if (!control) throw drFailure('DR-STALL', `volume ${volume} of ${database.service} has no global/pg_control`);
    const facts = readControlFile(control) ?? (await askControlData(args, control, signal));
    if (!facts.shutDown)
      throw drFailure('DR-STALL', `the control file of ${database.service} does not say "shut down"`);
    const { checkpoint, timeline, systemIdentifier } = facts;
    return { checkpointLsn: formatLsn(checkpoint), timeline, systemIdentifier, durationMs: Date.now() - began };
  });
}

/**
 * Tells the engine to stop a container, and waits for its end by whatever shows it first: the server's lock file, where this
 * worker can look into its volume (the postmaster removes it last of all, and a crash leaves it), or the engine's own wait. Both
 * come a fifth of a second before the engine answers the stop: it tidies up its networks first.
 * @returns its exit code, 0 for a lock file that is gone; undefined when it still runs
 */
async function stop({ site, containerId, volume }: StopInOrder, seconds: number): Promise<number | undefined> {
  const container = stoppingEngineOf(site, seconds).getContainer(containerId);
  const here = await mountpoint(site, volume).catch(() => undefined);
  const path = here === undefined ? undefined : join(here, 'postmaster.pid');
  // One that is not there before the stop says nothing by not being there after it.
  const lockFile = path !== undefined && existsSync(path) ? path : undefined;
  const over = new AbortController();
  return onEngine(site, `stopping ${containerId}`, async () => {
    const ended = container.wait().then(({ StatusCode }: { StatusCode: number }) => StatusCode);
    const stopped = container
      .stop({ t: seconds })
      .catch((error: unknown) => {
        if (engineStatus(error) !== 304) throw error;
      })
      .then(async () => {
        const { State } = await container.inspect();
        return State.Running ? undefined : State.ExitCode;
      });
    const left = lockFile === undefined ? never : gone(lockFile, over.signal);
    for (const one of [ended, stopped, left]) one.catch(() => undefined);
    try {
      return await Promise.race([ended, stopped, left]);
    } finally {
      over.abort();
    }
  });
}

const never = new Promise<never>(() => undefined);
const lookMs = 5;

async function gone(path: string, signal: AbortSignal): Promise<0> {
  for (;;) {
    const code = await stat(path).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (code === 'ENOENT') return 0;
    await sleep(lookMs, undefined, { signal });
  }
}

/** A version whose file we cannot read ourselves: its own program can. */
async function askControlData(args: StopInOrder, control: Buffer, signal: AbortSignal): Promise<ControlFile> {
  const { service } = args.database;
  const command = ['sh', '-c', script, 'sh', `/tmp/dr-control-${service}`];
  const options = { user: 'postgres', signal, input: control };
  const result = await execIn(args.reader.site, args.reader.container, command, options);
  if (result.exitCode !== 0)
    throw drFailure(
      'DR-STALL',
      `pg_controldata of ${service} ended with ${result.exitCode}: ${result.stderr.trim().slice(-200)}`,
    );
  const facts = parseControlData(result.stdout);
  const { timeline, systemIdentifier } = facts;
  return { timeline, systemIdentifier, shutDown: wasShutDown(facts), checkpoint: lsnBytes(facts.checkpointLsn) };
}
