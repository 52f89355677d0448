import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { EvidenceRef } from '../../workflows/contracts/run-view';
import type { DatabaseAt, FenceProof } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { composeVariable } from '../shared/compose';
import { containerFacts, inspectContainer } from '../shared/containers';
import { containerLog } from '../shared/container-log';
import { readColdVolume, wasShutDown } from '../shared/control-data';
import { saveEvidence } from '../shared/evidence';
import { withHeartbeat } from '../shared/heartbeat';
import { haltServer } from './halt-server';
import { proveFence } from './prove-fence';

export interface FenceServer extends DatabaseAt {
  /** The container to fence, as pre-flight saw it: never "whatever the service is now". Empty: there was none. */
  containerId: string;
  /** Time for a clean shutdown before it is killed, milliseconds; 0 kills at once. */
  stopTimeoutMs: number;
  approval: ApprovalReference;
  /** Its data volume. Default: what the container mounts; when it is gone, what the site's env file names. */
  volume?: string;
}

/**
 * Makes sure the damaged server takes no more writes (see `haltServer`), and proves it. Safe to run again; a container that
 * is gone is fenced.
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-FENCE-NOT-PROVEN
 */
export async function fenceServer(args: FenceServer): Promise<FenceProof> {
  demandApproval(args.approval);
  const { site, database, containerId } = args;
  return withHeartbeat(`fencing ${database.service}`, async (_beat, signal) => {
    const { exists, address } = await haltServer(args);
    const after = exists ? await inspectContainer(site, containerId) : undefined;
    if (!after) return prove(args, undefined, address);
    const facts = containerFacts(after, database.dataDirectory);
    const volume = args.volume ?? facts.dataVolume;
    const cold = facts.dataVolume
      ? readColdVolume(site, {
          image: after.Image,
          volume: facts.dataVolume,
          dataDirectory: database.dataDirectory,
          signal,
        })
      : undefined;
    const [proof, control, evidence] = await Promise.all([
      prove(args, volume, address),
      // Without a final position the fence holds all the same; the loss then rests on what was measured before. A server
      // that was killed has none in its control file: that names a checkpoint which lies behind the end.
      cold?.catch(() => undefined),
      saveLog(args, facts.name),
    ]);
    return {
      ...proof,
      ...(control && wasShutDown(control) ? { finalLsn: control.checkpointLsn } : {}),
      ...(evidence ? { evidence } : {}),
    };
  });
}

async function prove(
  args: FenceServer,
  volume: string | undefined,
  oldAddress: string | undefined,
): Promise<FenceProof> {
  const data = volume ?? args.volume ?? (await composeVariable(args.site, args.database.volumeVariable));
  if (!data)
    throw drFailure(
      'DR-FENCE-NOT-PROVEN',
      `nothing tells which data volume the damaged server had: its container is gone or has none, and ${args.database.volumeVariable} is not set in ${args.site.compose.envFile}`,
    );
  return proveFence({ ...args, volume: data, ...(oldAddress ? { oldAddress } : {}) });
}

/** Its log goes with the container when the service is recreated, so it is kept before. */
async function saveLog(args: FenceServer, name: string): Promise<EvidenceRef | undefined> {
  const log = await containerLog(args.site, args.containerId, { tail: 20_000, timestamps: true });
  return log ? saveEvidence('Log of the damaged server', `damaged-${name}.log`, log) : undefined;
}
