import { activityInfo } from '@temporalio/activity';
import type { ContainerInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { inspectContainer, labels } from '../shared/containers';
import { demandOurs } from '../shared/ownership';

/**
 * The container of a copy, proven to be one that the calling run made. Undefined when it is gone.
 * @throws DR-NOT-OURS
 */
export async function findOwnCopy(site: Site, name: string): Promise<ContainerInspectInfo | undefined> {
  const info = await inspectContainer(site, name);
  if (!info) return undefined;
  demandOurs(site, `container ${name}`, info.Config.Labels, 'copy');
  const run = activityInfo().workflowExecution?.workflowId;
  const made = info.Config.Labels[labels.run];
  if (made !== run)
    throw drFailure(
      'DR-NOT-OURS',
      `container ${name} was made by run ${made ?? 'unknown'}, this is run ${run ?? 'unknown'}`,
    );
  return info;
}

/** The same, where the copy must be there. @throws DR-NOT-OURS, DR-COPY-NOT-STARTED */
export async function demandOwnCopy(site: Site, name: string): Promise<ContainerInspectInfo> {
  const info = await findOwnCopy(site, name);
  if (info?.State.Running) return info;
  throw drFailure('DR-COPY-NOT-STARTED', `container ${name} of the copy ${info ? 'is not running' : 'does not exist'}`);
}
