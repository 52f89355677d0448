import { inspectContainer, removeContainer } from '../shared/containers';
import { engineStatus, onEngine, patientEngineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandOurs, inspectVolume } from '../shared/ownership';
import { storeCopyNames, type CopyAt } from './copy-names';

/** Removes the copy of a restore: its container and its volume. What is gone is gone. @throws DR-NOT-OURS */
export async function removeStoreCopy(at: CopyAt): Promise<void> {
  const { volume, container } = storeCopyNames(at);
  return withHeartbeat(`removing copy ${volume}`, async () => {
    const made = await inspectContainer(at.site, container);
    if (made) {
      demandOurs(at.site, `container ${container}`, made.Config.Labels, 'copy');
      await removeContainer(at.site, container);
    }
    const found = await inspectVolume(at.site, volume);
    if (!found) return;
    demandOurs(at.site, `volume ${volume}`, found.labels, 'copy');
    await onEngine(at.site, `removing volume ${volume}`, () =>
      patientEngineOf(at.site)
        .getVolume(volume)
        .remove()
        .catch((error: unknown) => {
          if (engineStatus(error) !== 404) throw error;
        }),
    );
  });
}
