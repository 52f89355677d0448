import type { ApprovalReference } from '../../workflows/contracts/approval';
import { drFailure } from '../../workflows/contracts/errors';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { historyName } from '../../workflows/contracts/wal';
import { demandApproval } from '../shared/approval';
import { copyNames, runLabels } from '../shared/copy-names';
import { withHeartbeat } from '../shared/heartbeat';
import { runOneShot } from '../shared/one-shot';
import { readRepository } from './read-repository';
import { cipherEnv } from './toolbox-spec';

export interface DropTimeline extends DatabaseAt {
  /** Last 8 hex digits of the run's first execution id: see `copyNames`. */
  key: string;
  /** Image of the database server: its pgBackRest is the one that made the repository. */
  image: string;
  /** Container of `openToolbox`. */
  toolbox: string;
  /** Timeline that was begun and is given up. */
  timeline: number;
  /** Content of its history file, as the server had it that made it: tells it from another timeline of that number. */
  history: string;
  approval: ApprovalReference;
}

export interface DroppedTimeline {
  /** Files and folders that were removed, below the folder of the cluster's WAL. */
  removed: string[];
  durationMs: number;
}

// $1 stanza, $2 folder of the cluster's WAL, $3 timeline in hex, $4 its history. The history goes last: a try that dies
// before leaves it there as the proof of whose the rest is. repo-rm of what is not there ends with 0, so it is looked again.
export const dropScript = `at="archive/$1/$2"
run() { pgbackrest --log-level-console=off --log-level-stderr=error --log-level-file=off --stanza="$stanza" "$@"; }
stanza=$1
work=$(mktemp -d) || exit 9
trap 'rm -rf "$work"' EXIT
found() { run repo-ls "$at" --recurse >"$work/all" || exit 8; grep -E "^$1(\\.history|[0-9A-F]{8})([./].*)?$" "$work/all" | sort; }
found "$3" >"$work/found"
[ -s "$work/found" ] || exit 0
grep -qx "$3.history" "$work/found" || { cat "$work/found"; exit 6; }
run repo-get "$at/$3.history" >"$work/history" || exit 8
printf '%s' "$4" | cmp -s - "$work/history" || { cat "$work/history"; exit 7; }
for one in $(grep -E "^$3[0-9A-F]{8}$" "$work/found"); do run repo-rm --recurse "$at/$one" || exit 8; done
run repo-rm "$at/$3.history" || exit 8
cat "$work/found"
found "$3" >"$work/left"
[ ! -s "$work/left" ] || exit 5`;

/**
 * Takes a timeline out of the archive that a run had begun and gave up: its history and every segment of it. Left there it
 * would be the newest one, and a standby that follows the newest (`recovery_target_timeline = latest`) would not start again.
 * Whose a timeline is its history tells, byte for byte; another one under the same number stays. Safe to repeat.
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS when the archive holds another history, or none that tells whose the segments
 *   are, DR-ARCHIVE
 */
export async function dropTimeline(args: DropTimeline): Promise<DroppedTimeline> {
  demandApproval(args.approval);
  const began = Date.now();
  const { site, database, timeline } = args;
  const { stanza, repositoryVolume, repositoryPath } = database.backup;
  return withHeartbeat(`taking timeline ${timeline} out of the archive`, async (_beat, signal) => {
    const { archiveId } = (await readRepository(args, args.toolbox, { signal })).info;
    const number = historyName(timeline).slice(0, 8);
    const result = await runOneShot(site, {
      name: copyNames(site, args.key).archive,
      image: args.image,
      command: ['sh', '-c', dropScript, 'sh', stanza, archiveId ?? '', number, args.history],
      user: 'postgres',
      env: await cipherEnv(args),
      binds: [`${repositoryVolume}:${repositoryPath}`],
      labels: runLabels(site, 'archive'),
      signal,
    });
    const removed = result.stdout.split('\n').filter((line) => line !== '');
    if (result.exitCode === 0) return { removed, durationMs: Date.now() - began };
    const what = `timeline ${timeline} in the archive of stanza ${stanza}`;
    if (result.exitCode === 6)
      throw drFailure(
        'DR-NOT-OURS',
        `${what} has no history that tells whose it is; left there: ${removed.join(', ')}`,
        {
          next: byHand(stanza, archiveId ?? '', number),
        },
      );
    if (result.exitCode === 7)
      throw drFailure('DR-NOT-OURS', `${what} is not the one this run made; its history is: ${removed.join(' | ')}`, {
        next: 'Leave it: somebody else made it. Standbys may want to follow it at their next restart.',
      });
    const why = result.exitCode === 5 ? 'files of it are still listed' : result.stderr.trim().slice(-300);
    throw drFailure('DR-ARCHIVE', `${what} could not be removed (${result.exitCode}): ${why}`, { retry: true });
  });
}

const byHand = (stanza: string, archiveId: string, number: string): string =>
  `Find out who made it. If nobody needs it: pgbackrest --stanza=${stanza} repo-rm --recurse archive/${stanza}/${archiveId}/${number}…, for each folder that begins so.`;
