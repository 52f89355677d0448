import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { composeVariable } from './compose';
import { findService, labels } from './containers';
import { onEngine } from './engine';
import { activityInfo } from '@temporalio/activity';

/** Data volume that the site's env file names for a database. @throws DR-COMPOSE when it names none */
export async function chosenVolume({ site, database }: DatabaseAt): Promise<string> {
  const chosen = await composeVariable(site, database.volumeVariable);
  if (chosen) return chosen;
  throw drFailure(
    'DR-COMPOSE',
    `${site.compose.envFile} has no value for ${database.volumeVariable}, which the plan names for database ${database.name}`,
  );
}

/** Refuses to let Compose start a server on another volume than the expected one. @throws DR-NOT-OURS, DR-COMPOSE */
export async function demandDataVolume(at: DatabaseAt, expected: string): Promise<void> {
  const chosen = await chosenVolume(at);
  if (chosen === expected) return;
  throw drFailure(
    'DR-NOT-OURS',
    `${at.database.volumeVariable} in ${at.site.compose.envFile} names volume ${chosen}, expected ${expected}; service ${at.database.service} was not started`,
  );
}

/**
 * Image whose programs read the database's files: that of its service, or, when that has no container any more, of a
 * container that the calling run made for it.
 * @throws DR-IMAGE-MISSING when neither is there
 */
export async function serverImage(at: DatabaseAt): Promise<string> {
  const service = await findService(at.site, at.database.service);
  if (service) return service.Image;
  const run = activityInfo().workflowExecution?.workflowId ?? 'none';
  const own = await onEngine(at.site, 'looking for the image of the server', (engine) =>
    engine.listContainers({ all: true, filters: { label: [`${labels.run}=${run}`] } }),
  );
  const image = own.find((one) => ['toolbox', 'copy'].includes(one.Labels[labels.role] ?? ''))?.ImageID;
  if (image) return image;
  throw drFailure(
    'DR-IMAGE-MISSING',
    `no container of service ${at.database.service} or of run ${run} at site ${at.site.name} tells which image reads the data of ${at.database.name}`,
  );
}
