import { cancellationSignal } from '@temporalio/activity';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { readColdVolume } from '../shared/control-data';
import { runLabels } from '../shared/copy-names';
import { chosenVolume, serverImage } from '../shared/data-volume';
import { setEnvVariable } from '../shared/env-file';
import { inspectVolume } from '../shared/ownership';

/**
 * Points the database service at another data volume, by its variable in the site's env file; takes effect at the next
 * start of the service. Serves the cut-over and, with the old volume, its undo. The volume must hold that very cluster:
 * a label tells who made a volume, its control file tells what is in it.
 * @param systemIdentifier of the cluster the volume must hold (pg_control)
 * @returns `from`: what the variable named before (equal to `to` when nothing had to change)
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS when the volume is missing or holds another cluster, DR-TOOL when it holds none
 */
export async function useDataVolume(
  args: DatabaseAt & { volume: string; systemIdentifier: string; approval: ApprovalReference },
): Promise<{ from: string; to: string }> {
  demandApproval(args.approval);
  const { site, database, volume } = args;
  const found = await inspectVolume(site, volume);
  if (!found) throw drFailure('DR-NOT-OURS', `volume ${volume} does not exist at site ${site.name}`);
  const from = await chosenVolume(args);
  // What this very run restored and promoted is known; whatever else it is told to use is looked at.
  const own = runLabels(site, 'copy');
  if (Object.entries(own).every(([label, value]) => found.labels[label] === value)) {
    await setEnvVariable(site, database.volumeVariable, volume);
    return { from, to: volume };
  }
  const image = await serverImage(args);
  const { dataDirectory } = database;
  const cold = await readColdVolume(site, { image, volume, dataDirectory, signal: cancellationSignal() });
  if (cold.systemIdentifier !== args.systemIdentifier)
    throw drFailure(
      'DR-NOT-OURS',
      `volume ${volume} holds the cluster with system identifier ${cold.systemIdentifier}, expected ${args.systemIdentifier}`,
    );
  await setEnvVariable(site, database.volumeVariable, volume);
  return { from, to: volume };
}
