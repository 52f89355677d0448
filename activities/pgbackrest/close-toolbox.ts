import { inspectContainer, removeContainer } from '../shared/containers';
import { copyNames } from '../shared/copy-names';
import { onEngine } from '../shared/engine';
import { demandOurs, inspectVolume } from '../shared/ownership';
import type { DatabaseAt } from '../../workflows/contracts/recovery';

/** Removes the toolbox of a run. Safe when it is not there. @throws DR-NOT-OURS */
export async function closeToolbox(at: DatabaseAt & { key: string }): Promise<{ removed: boolean }> {
  const { toolbox, room } = copyNames(at.site, at.key);
  const found = await inspectContainer(at.site, toolbox);
  if (found) {
    demandOurs(at.site, `container ${toolbox}`, found.Config.Labels, 'toolbox');
    await removeContainer(at.site, toolbox);
  }
  const made = await inspectVolume(at.site, room);
  if (made) {
    demandOurs(at.site, `volume ${room}`, made.labels, 'toolbox');
    await onEngine(at.site, `removing volume ${room}`, (engine) => engine.getVolume(room).remove());
  }
  return { removed: found !== undefined };
}
