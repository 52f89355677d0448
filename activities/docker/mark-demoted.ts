import { activityInfo } from '@temporalio/activity';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { withEnginePatience } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { withVolumeFiles } from '../shared/volume-files';

export interface MarkDemoted extends DatabaseAt {
  /** The stopped server; empty: its container is gone. */
  containerId: string;
  /** Its data volume. */
  volume: string;
  /** Image for a container that has to be made to write to it; never run. */
  image: string;
  approval: ApprovalReference;
  /** Longest silence of the engine during a call, milliseconds (default 25 000). */
  engineSilenceMs?: number;
}

/** Beside standby.signal: who made this server a standby, for whoever finds it. */
export const demotedMarker = 'dr.demoted';

/**
 * Makes the resurrection of a fenced server harmless: with `standby.signal` in its data directory a later `docker start`,
 * `docker compose up` or restart policy brings up a read-only server, or none at all (PostgreSQL manual 26.2.1).
 * The server must be stopped and proven so. Safe to repeat.
 * @throws DR-APPROVAL-MISSING, DR-TOOL when the volume holds no cluster
 */
export async function markDemoted(args: MarkDemoted): Promise<{ markedAt: string }> {
  demandApproval(args.approval);
  return withEnginePatience(args.engineSilenceMs, () =>
    withHeartbeat(`marking ${args.database.service} as demoted`, () => mark(args)),
  );
}

async function mark({ site, database, containerId, volume, image }: MarkDemoted): Promise<{ markedAt: string }> {
  const markedAt = new Date().toISOString();
  const run = activityInfo().workflowExecution?.workflowId ?? 'none';
  await withVolumeFiles(site, { containerId, volume, image, dataDirectory: database.dataDirectory }, async (files) => {
    if (!(await files.read('PG_VERSION')))
      throw drFailure('DR-TOOL', `volume ${volume} holds no cluster: it has no PG_VERSION`);
    await files.write([
      { name: demotedMarker, content: `${JSON.stringify({ run, at: markedAt })}\n` },
      { name: 'standby.signal', content: '' },
    ]);
  });
  return { markedAt };
}
