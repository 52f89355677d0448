import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { demandApproval } from '../shared/approval';
import { labels } from '../shared/containers';
import { chosenVolume } from '../shared/data-volume';
import { onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { inspectVolume } from '../shared/ownership';

/**
 * Makes the volume that the site's env file names for a database, empty, where it is gone: Compose makes no container without
 * it. One that is there is left as it is.
 * @throws DR-APPROVAL-MISSING, DR-COMPOSE when the env file names none, DR-ENGINE
 */
export async function makeDataVolume(
  args: DatabaseAt & { approval: ApprovalReference },
): Promise<{ volume: string; made: boolean }> {
  demandApproval(args.approval);
  const { site } = args;
  return withHeartbeat('making an empty data volume', async () => {
    const volume = await chosenVolume(args);
    if (await inspectVolume(site, volume)) return { volume, made: false };
    await onEngine(site, `making volume ${volume}`, (engine) =>
      engine.createVolume({ Name: volume, Labels: { [labels.platform]: site.compose.project } }),
    );
    return { volume, made: true };
  });
}
