import { inspectContainer, removeContainer } from '../shared/containers';
import { copyNames } from '../shared/copy-names';
import { demandOurs } from '../shared/ownership';
import type { DatabaseAt } from '../../workflows/contracts/recovery';

/** Removes the toolbox of a run. Safe when it is not there. @throws DR-NOT-OURS */
export async function closeToolbox(at: DatabaseAt & { key: string }): Promise<{ removed: boolean }> {
  const { toolbox } = copyNames(at.site, at.key);
  const found = await inspectContainer(at.site, toolbox);
  if (!found) return { removed: false };
  demandOurs(at.site, `container ${toolbox}`, found.Config.Labels, 'toolbox');
  await removeContainer(at.site, toolbox);
  return { removed: true };
}
