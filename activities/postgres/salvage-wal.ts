import type { Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { Salvage } from '../../workflows/contracts/cluster';
import { drFailure, problemOf } from '../../workflows/contracts/errors';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { segmentName, segmentOf } from '../../workflows/contracts/wal';
import { demandApproval } from '../shared/approval';
import { findService } from '../shared/containers';
import { serverImage } from '../shared/data-volume';
import { withEnginePatience } from '../shared/engine';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { filesOf, withVolumeFiles, type VolumeFiles } from '../shared/volume-files';

export interface SalvageWal extends DatabaseAt {
  /** The stopped, fenced primary; empty: its container is gone. */
  containerId: string;
  /** Its data volume. */
  volume: string;
  /** Who is given the WAL. */
  to: { service: string; site: Site };
  /** Timeline of the dead primary, and the end of the WAL that the standby has. */
  timeline: number;
  fromLsn: string;
  walSegmentBytes: number;
  approval: ApprovalReference;
}

/** Directory in the standby's pg_wal: on the same file system, so that a file appears there as a whole, by rename. */
const corner = 'dr.salvage';

/**
 * Takes the WAL that the dead primary had and the standby has not: whoever was told "committed" has his record in that
 * volume when only the process or the container died. Copied segment by segment, from the one the standby is in; the
 * standby reads them when it looks for more WAL, at the latest in the promotion. What a standby cannot use it ignores: every
 * record carries its place and a checksum.
 * A volume that cannot be read is an answer (`complete: false`), not a failure: the loss is then for the gate to show.
 * @throws DR-APPROVAL-MISSING, DR-DATABASE-DOWN when the standby does not run
 */
export async function salvageWal(args: SalvageWal): Promise<Salvage> {
  demandApproval(args.approval);
  const began = Date.now();
  const { site, database, to } = args;
  return withHeartbeat(`salvaging WAL of ${database.service}`, async (beat, signal) => {
    const standby = await findService(to.site, to.service);
    if (!standby?.State.Running)
      throw drFailure('DR-DATABASE-DOWN', `standby ${to.service} at site ${to.site.name} does not run`, {
        retry: true,
      });
    const segments: string[] = [];
    let bytes = 0;
    const report = (rest: Pick<Salvage, 'complete' | 'problem'>): Salvage => ({
      fromLsn: args.fromLsn,
      segments,
      bytes,
      ...rest,
      durationMs: Date.now() - began,
    });
    const give = filesOf(to.site, standby.Id, database.dataDirectory);
    await inStandby(args, standby.Id, makeCorner, signal);
    try {
      const image = await serverImage(args);
      const source = {
        containerId: args.containerId,
        volume: args.volume,
        image,
        dataDirectory: database.dataDirectory,
      };
      await withEnginePatience(5_000, () =>
        withVolumeFiles(site, source, async (dead) => {
          for (let number = segmentOf(args.fromLsn, args.walSegmentBytes); ; number += 1) {
            signal.throwIfAborted();
            const name = segmentName({ timeline: args.timeline, number }, args.walSegmentBytes);
            const content = await written(dead, name, number * args.walSegmentBytes);
            if (!content) break;
            await give.write(`pg_wal/${corner}`, [{ name, content }]);
            segments.push(name);
            bytes += content.length;
            beat({ what: 'salvaging WAL', doneBytes: bytes, text: `${segments.length} segments` });
          }
        }),
      );
    } catch (error) {
      signal.throwIfAborted();
      return report({ complete: false, problem: problemOf(error).message });
    }
    if (segments.length === 0)
      return report({
        complete: false,
        problem: `volume ${args.volume} has no WAL of timeline ${args.timeline} from ${args.fromLsn} on`,
      });
    await inStandby(args, standby.Id, moveIntoPlace, signal);
    return report({ complete: true });
  });
}

/**
 * A segment that holds WAL; undefined when there is none. PostgreSQL keeps old segments under names of the future: their
 * first page still carries the address it had (xlp_pageaddr, PostgreSQL source, access/xlog_internal.h).
 */
async function written(files: VolumeFiles, name: string, start: number): Promise<Buffer | undefined> {
  const content = (await files.read(`pg_wal/${name}`))?.content;
  if (!content || content.length < 16) return undefined;
  return Number(content.readBigUInt64LE(8)) === start ? content : undefined;
}

// $1 data directory, $2 corner. Empty at the start, so that what a killed try left half-written is never used.
const makeCorner = `cd "$1/pg_wal" && rm -rf "$2" && mkdir "$2"`;
const moveIntoPlace = `cd "$1/pg_wal/$2" && sync ./* && mv -f ./* .. && cd .. && rmdir "$2" && sync .`;

async function inStandby(args: SalvageWal, container: string, script: string, signal: AbortSignal): Promise<void> {
  const command = ['sh', '-c', script, 'sh', args.database.dataDirectory, corner];
  const result = await execIn(args.to.site, container, command, { user: 'postgres', signal, timeoutMs: 60_000 });
  if (result.exitCode !== 0)
    throw drFailure(
      'DR-TOOL',
      `placing WAL in standby ${args.to.service} ended with ${result.exitCode}: ${result.stderr.trim().slice(-300)}`,
      {
        retry: true,
      },
    );
}
