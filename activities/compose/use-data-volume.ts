import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { composeVariable } from '../shared/compose';
import { setEnvVariable } from '../shared/env-file';
import { demandOurs, inspectVolume } from '../shared/ownership';

/**
 * Points the database service at another data volume, by its variable in the site's env file; takes effect at the next
 * start of the service. Serves the cut-over and, with the old volume, its undo.
 * @returns `from`: what the variable named before (equal to `to` when nothing had to change)
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS when the volume is missing or of another platform
 */
export async function useDataVolume(
  args: DatabaseAt & { volume: string; approval: ApprovalReference },
): Promise<{ from: string; to: string }> {
  demandApproval(args.approval);
  const { site, database, volume } = args;
  const found = await inspectVolume(site, volume);
  if (!found) throw drFailure('DR-NOT-OURS', `volume ${volume} does not exist at site ${site.name}`);
  demandOurs(site, `volume ${volume}`, found.labels);
  const from = await composeVariable(site, database.volumeVariable);
  if (!from)
    throw drFailure(
      'DR-COMPOSE',
      `${site.compose.envFile} has no value for ${database.volumeVariable}, which the plan names for database ${database.name}`,
    );
  await setEnvVariable(site, database.volumeVariable, volume);
  return { from, to: volume };
}
