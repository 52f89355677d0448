import { cancellationSignal } from '@temporalio/activity';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { composeVariable } from '../shared/compose';
import { inspectContainer, removeContainer } from '../shared/containers';
import { copyNames } from '../shared/copy-names';
import { engineOf, engineStatus, onEngine } from '../shared/engine';
import { demandOurs, inspectVolume } from '../shared/ownership';
import { until } from '../shared/until';

/**
 * Removes what a run restored: container of the copy, restore one-shot, volume. It is the undo of the restore and the end
 * of an inspectable copy. Safe when some or all of it is gone already.
 * @returns names of what was removed
 * @throws DR-NOT-OURS when a label is wrong, or the volume is the one the database runs on
 */
export async function removeCopy(args: DatabaseAt & { key: string }): Promise<{ removed: string[] }> {
  const { site, database } = args;
  const names = copyNames(site, args.key);
  const volume = await inspectVolume(site, names.volume);
  if (volume) {
    demandOurs(site, `volume ${names.volume}`, volume.labels, 'copy');
    await demandUnused(args, names.volume, [names.container, names.restore]);
  }
  const removed: string[] = [];
  for (const [name, role] of [
    [names.container, 'copy'],
    [names.restore, 'restore'],
  ] as const) {
    const info = await inspectContainer(site, name);
    if (!info) continue;
    demandOurs(site, `container ${name}`, info.Config.Labels, role);
    await removeContainer(site, info.Id);
    removed.push(name);
  }
  if (volume) {
    await until(() => removeVolume(args, names.volume), {
      deadlineMs: 10_000,
      signal: cancellationSignal(),
      onTimeout: () =>
        drFailure('DR-ENGINE', `volume ${names.volume} of ${database.name} stays in use`, { retry: true }),
    });
    removed.push(names.volume);
  }
  return { removed };
}

/** The engine lets go of a volume a moment after its container: 409 means not yet. */
async function removeVolume(at: DatabaseAt, name: string): Promise<true | undefined> {
  try {
    await engineOf(at.site).getVolume(name).remove();
    return true;
  } catch (error) {
    const status = engineStatus(error);
    if (status === 404) return true;
    if (status === 409) return undefined;
    return onEngine(at.site, `removing volume ${name}`, () => Promise.reject(error as Error));
  }
}

/** Refuses when the volume serves, or is about to serve, the database. */
async function demandUnused(at: DatabaseAt, volume: string, own: string[]): Promise<void> {
  const chosen = await composeVariable(at.site, at.database.volumeVariable);
  if (chosen === volume)
    throw drFailure(
      'DR-NOT-OURS',
      `volume ${volume} is what ${at.database.volumeVariable} of ${at.site.compose.envFile} names: the database runs on it`,
    );
  const users = await onEngine(at.site, `asking who uses ${volume}`, (engine) =>
    engine.listContainers({ all: true, filters: { volume: [volume] } }),
  );
  const other = users.flatMap((one) => one.Names.map((name) => name.slice(1))).find((name) => !own.includes(name));
  if (other) throw drFailure('DR-NOT-OURS', `volume ${volume} is used by container ${other}`);
}
