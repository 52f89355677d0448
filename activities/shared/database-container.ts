import type { ContainerInspectInfo } from 'dockerode';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { findService } from './containers';

/** The container of the database's own service. @throws DR-DATABASE-DOWN when there is none */
export async function databaseContainer(at: DatabaseAt): Promise<ContainerInspectInfo> {
  const info = await findService(at.site, at.database.service);
  if (info) return info;
  throw drFailure(
    'DR-DATABASE-DOWN',
    `service ${at.database.service} of project ${at.site.compose.project} has no container at site ${at.site.name}`,
    { retry: true },
  );
}
