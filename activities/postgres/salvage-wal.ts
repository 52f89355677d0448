import type { Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { Salvage } from '../../workflows/contracts/cluster';
import { drFailure, problemOf } from '../../workflows/contracts/errors';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { lsnBytes, segmentName, segmentOf } from '../../workflows/contracts/wal';
import { demandApproval } from '../shared/approval';
import { withEnginePatience } from '../shared/engine';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { patchHere, withVolumeFiles } from '../shared/volume-files';
import { pageBytes, pagesFrom } from './wal-pages';

export interface SalvageWal extends DatabaseAt {
  /** The stopped, fenced primary; empty: its container is gone. */
  containerId: string;
  /** Its data volume, and an image for a container that has to be made to read it. */
  volume: string;
  image: string;
  /** Who is given the WAL: a standby that runs. */
  to: { container: string; service: string; site: Site; volume?: string };
  /** Timeline and cluster of the dead primary, and the end of the WAL that the standby has. */
  timeline: number;
  systemIdentifier: string;
  fromLsn: string;
  walSegmentBytes: number;
  approval: ApprovalReference;
}

/**
 * Takes the WAL that the dead primary had and the standby has not: whoever was told "committed" has his record in that
 * volume when only the process or the container died. The segment that the standby is in the middle of is completed page
 * by page, as its own receiver would have done; later ones are put beside it as a whole. The standby reads them when it
 * looks for more WAL, at the latest in the promotion; what it cannot use it ignores, because every record carries its place
 * and a checksum.
 * A volume that cannot be read is an answer (`complete: false`), not a failure: the loss is then for the report to show.
 * @throws DR-APPROVAL-MISSING, DR-TOOL when the standby cannot be given what was found
 */
export async function salvageWal(args: SalvageWal): Promise<Salvage> {
  demandApproval(args.approval);
  const began = Date.now();
  const { site, database, walSegmentBytes } = args;
  const { dataDirectory } = database;
  return withHeartbeat(`salvaging WAL of ${database.service}`, async (beat, signal) => {
    const segments: string[] = [];
    let bytes = 0;
    const report = (rest: Pick<Salvage, 'complete' | 'problem'>): Salvage => ({
      fromLsn: args.fromLsn,
      segments,
      bytes,
      ...rest,
      durationMs: Date.now() - began,
    });
    const source = { containerId: args.containerId, volume: args.volume, image: args.image, dataDirectory };
    const read = (name: string): Promise<Buffer | undefined> =>
      withEnginePatience(5_000, () => withVolumeFiles(site, source, (dead) => dead.read(`pg_wal/${name}`)));
    const holds = async (number: number): Promise<boolean> => {
      const found = await read(segmentName({ timeline: args.timeline, number }, walSegmentBytes));
      const start = number * walSegmentBytes;
      return found !== undefined && pagesFrom(found, start, start, args.systemIdentifier) !== undefined;
    };
    let from = lsnBytes(args.fromLsn);
    for (let number = segmentOf(args.fromLsn, walSegmentBytes); ; number += 1) {
      signal.throwIfAborted();
      const name = segmentName({ timeline: args.timeline, number }, walSegmentBytes);
      const start = number * walSegmentBytes;
      let content: Buffer | undefined;
      let pages: ReturnType<typeof pagesFrom>;
      let ended = segments.length > 0;
      try {
        content = await read(name);
        pages = content && pagesFrom(content, start, Math.max(from, start), args.systemIdentifier);
        // At a segment's begin the next one need not exist; that it ended there, and not on another volume, the one before shows.
        if (!pages && !ended && from === start) ended = await holds(number - 1);
      } catch (error) {
        signal.throwIfAborted();
        return report({ complete: false, problem: problemOf(error).message });
      }
      if (!content || !pages) {
        // The end: nothing was ever written behind the last segment. At the very first it means that WAL is missing.
        if (ended) return report({ complete: true });
        return report({
          complete: false,
          problem: `volume ${args.volume} has no WAL of timeline ${args.timeline} from ${args.fromLsn} on`,
        });
      }
      const whole = pages.offset === 0;
      if (pages.content.length > 0)
        await (whole ? place(args, name, content, signal) : patch(args, name, pages, signal));
      segments.push(name);
      bytes += pages.content.length;
      beat({ what: 'salvaging WAL', doneBytes: bytes, text: `${segments.length} segments` });
      if (pages.offset + pages.content.length < walSegmentBytes) return report({ complete: true });
      from = start + walSegmentBytes;
    }
  });
}

// $1 file, $2 first page. The file is the standby's own, preallocated; one that is not there has no beginning either.
const patchScript = `[ -f "$1" ] || { echo "$1 does not exist" >&2; exit 8; }
dd of="$1" bs=${pageBytes} seek="$2" conv=notrunc,fsync iflag=fullblock status=none`;

/** Completes the segment the standby is in the middle of. Its receiver has ended with the primary, so nobody else writes. */
async function patch(
  args: SalvageWal,
  name: string,
  pages: { offset: number; content: Buffer },
  signal: AbortSignal,
): Promise<void> {
  const { site, volume } = args.to;
  if (volume && (await patchHere(site, volume, `pg_wal/${name}`, pages.offset, pages.content))) return;
  const file = `${args.database.dataDirectory}/pg_wal/${name}`;
  const command = ['sh', '-c', patchScript, 'sh', file, String(pages.offset / pageBytes)];
  await inStandby(args, command, signal, pages.content);
}

// $1 directory, $2 name. Under another name first: what a killed try left half-written is never taken for a segment.
const placeScript = `cd "$1" && cat > "$2.dr-salvage" && sync "$2.dr-salvage" && mv -f "$2.dr-salvage" "$2" && sync .`;

/** Puts a whole segment beside the standby's own. */
async function place(args: SalvageWal, name: string, content: Buffer, signal: AbortSignal): Promise<void> {
  const directory = `${args.database.dataDirectory}/pg_wal`;
  await inStandby(args, ['sh', '-c', placeScript, 'sh', directory, name], signal, content);
}

async function inStandby(args: SalvageWal, command: string[], signal: AbortSignal, input: Buffer): Promise<void> {
  const { site, container, service } = args.to;
  const options = { user: 'postgres', signal, timeoutMs: 60_000, input };
  const result = await execIn(site, container, command, options);
  if (result.exitCode !== 0)
    throw drFailure(
      'DR-TOOL',
      `placing WAL in standby ${service} ended with ${result.exitCode}: ${result.stderr.trim().slice(-300)}`,
      { retry: true },
    );
}
