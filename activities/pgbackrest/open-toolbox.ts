import { labels, inspectContainer, removeContainer } from '../shared/containers';
import { copyNames, roomPath, runLabels } from '../shared/copy-names';
import { createCopyVolume } from '../shared/copy-volume';
import { engineOf, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandOurs, inspectVolume } from '../shared/ownership';
import { drFailure, refusal } from '../../workflows/contracts/errors';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { borrowControl } from './borrow-control';
import { toolboxNeeds } from './toolbox-needs';
import { specHash } from './toolbox-spec';

export interface OpenToolbox extends DatabaseAt {
  /** Last 8 hex digits of the run's first execution id: see `copyNames`. */
  key: string;
  /** Image of the database server: its programs read its own formats. Never pulled. */
  image: string;
  /**
   * Data volume of the damaged server, mounted read-only: `archive-get` wants a `global/pg_control`, and un-archived WAL
   * is read from its `pg_wal`. Without it WAL inside the archive cannot be opened.
   */
  dataVolume?: string;
}

/**
 * A container that only sleeps, with the server's programs, the repository and the damaged data both read-only, and no
 * network: each question of the pre-flight is then an exec (60 ms) instead of a container (600 ms). Safe to run twice: a
 * running one with the same parameters is kept.
 * @throws every reason not to begin at once: DR-IMAGE-MISSING, DR-NO-BACKUP (no repository volume), DR-SECRET (its pass
 *   phrase cannot be read); and DR-NOT-OURS
 */
export async function openToolbox(at: OpenToolbox): Promise<{ container: string; durationMs: number }> {
  return withHeartbeat('opening the toolbox', async (_beat, signal) => {
    const began = Date.now();
    const { toolbox, room } = copyNames(at.site, at.key);
    const { backup, dataDirectory } = at.database;
    const { copyVolume } = at.database;
    const spec = specHash([at.image, at.dataVolume ?? null, backup, dataDirectory, copyVolume ?? null]);

    const [earlier, data] = await Promise.all([
      inspectContainer(at.site, toolbox),
      at.dataVolume ? inspectVolume(at.site, at.dataVolume) : undefined,
    ]);
    if (earlier) {
      demandOurs(at.site, `container ${toolbox}`, earlier.Config.Labels, 'toolbox');
      if (earlier.State.Running && earlier.Config.Labels[labels.spec] === spec) {
        await borrowControl(at, toolbox, signal);
        return { container: toolbox, durationMs: Date.now() - began };
      }
      await removeContainer(at.site, toolbox);
    }
    // Asked before creating, because the engine makes an empty volume of any name it does not know.
    const { reasons, environment } = await toolboxNeeds(at);
    const [reason, ...more] = reasons;
    if (reason) throw refusal(reason, ...more);
    if (at.dataVolume && !data)
      throw drFailure('DR-INPUT', `data volume ${at.dataVolume} does not exist at site ${at.site.name}`);

    signal.throwIfAborted();
    // An empty volume where the copy's will be: the free disk is measured through it.
    if (copyVolume) await createCopyVolume(at, room, 'toolbox');
    await onEngine(at.site, `creating container ${toolbox}`, async () => {
      const container = await engineOf(at.site).createContainer({
        name: toolbox,
        Image: at.image,
        Entrypoint: ['sleep'],
        Cmd: ['infinity'],
        User: 'postgres',
        Env: environment,
        Labels: { ...runLabels(at.site, 'toolbox'), [labels.spec]: spec },
        HostConfig: {
          NetworkMode: 'none',
          RestartPolicy: { Name: 'no' },
          Binds: [
            `${backup.repositoryVolume}:${backup.repositoryPath}:ro`,
            ...(at.dataVolume ? [`${at.dataVolume}:${dataDirectory}:ro`] : []),
            ...(copyVolume ? [`${room}:${roomPath}:ro`] : []),
          ],
          // segments that are being looked at: in memory, gone with the container
          Tmpfs: { '/tmp': 'rw,mode=1777,size=1g' },
        },
      });
      await container.start();
    });
    await borrowControl(at, toolbox, signal);
    return { container: toolbox, durationMs: Date.now() - began };
  });
}
