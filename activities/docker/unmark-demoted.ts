import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { demandApproval } from '../shared/approval';
import { withHeartbeat } from '../shared/heartbeat';
import { runOneShot } from '../shared/one-shot';
import { labels } from '../shared/containers';
import { drFailure } from '../../workflows/contracts/errors';
import { demotedMarker } from './mark-demoted';

// $1 data directory, $2 marker. A server that was a standby before the mark has no marker, and keeps its signal file.
const script = `cd "$1" || exit 9
[ -f "$2" ] || exit 0
rm -f standby.signal && rm -f "$2"`;

/**
 * Undo of `markDemoted`: the server may be a primary again. Only a mark of ours is taken away. The engine's archive calls
 * cannot remove a file, so a container runs for it. Safe when nothing was marked.
 * @throws DR-APPROVAL-MISSING, DR-TOOL
 */
export async function unmarkDemoted(
  args: DatabaseAt & { volume: string; image: string; approval: ApprovalReference },
): Promise<void> {
  demandApproval(args.approval);
  const { site, database, volume, image } = args;
  await withHeartbeat(`letting ${database.service} be a primary again`, async (_beat, signal) => {
    const result = await runOneShot(site, {
      name: `${site.compose.project}-dr-unmark-${database.service}`,
      image,
      command: ['sh', '-c', script, 'sh', database.dataDirectory, demotedMarker],
      user: 'postgres',
      binds: [`${volume}:${database.dataDirectory}`],
      labels: { [labels.role]: 'unmark', [labels.platform]: site.compose.project },
      signal,
    });
    if (result.exitCode !== 0)
      throw drFailure(
        'DR-TOOL',
        `taking the mark off volume ${volume} ended with ${result.exitCode}: ${result.stderr.trim().slice(-300)}`,
      );
  });
}
