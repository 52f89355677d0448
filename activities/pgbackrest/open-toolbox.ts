import { labels, inspectContainer, removeContainer } from '../shared/containers';
import { copyNames, roomPath, runLabels } from '../shared/copy-names';
import { createCopyVolume } from '../shared/copy-volume';
import { engineOf, engineStatus, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandOurs, inspectVolume } from '../shared/ownership';
import { drFailure, problemOf, refusal } from '../../workflows/contracts/errors';
import type { DatabaseAt, Refusal } from '../../workflows/contracts/recovery';
import { cipherEnv, specHash } from './toolbox-spec';

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

    const [earlier, repository, data] = await Promise.all([
      inspectContainer(at.site, toolbox),
      inspectVolume(at.site, backup.repositoryVolume),
      at.dataVolume ? inspectVolume(at.site, at.dataVolume) : undefined,
    ]);
    if (earlier) {
      demandOurs(at.site, `container ${toolbox}`, earlier.Config.Labels, 'toolbox');
      if (earlier.State.Running && earlier.Config.Labels[labels.spec] === spec)
        return { container: toolbox, durationMs: Date.now() - began };
      await removeContainer(at.site, toolbox);
    }
    // Asked before creating, because the engine makes an empty volume of any name it does not know.
    const [image, cipher] = await Promise.all([hasImage(at), orRefusal(cipherEnv(at))]);
    const [reason, ...more] = [
      ...(repository ? [] : [noRepository(at)]),
      ...(image ? [] : [noImage(at)]),
      ...('refusal' in cipher ? [cipher.refusal] : []),
    ];
    if (reason) throw refusal(reason, ...more);
    if (at.dataVolume && !data)
      throw drFailure('DR-INPUT', `data volume ${at.dataVolume} does not exist at site ${at.site.name}`);

    signal.throwIfAborted();
    const environment = 'refusal' in cipher ? [] : cipher;
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
    return { container: toolbox, durationMs: Date.now() - began };
  });
}

/** A secret that cannot be read is a reason not to begin, like the others. */
async function orRefusal(work: Promise<string[]>): Promise<string[] | { refusal: Refusal }> {
  try {
    return await work;
  } catch (error) {
    const { code, message, next = '' } = problemOf(error);
    if (code !== 'DR-SECRET') throw error;
    return { refusal: { code, message, next } };
  }
}

async function hasImage(at: OpenToolbox): Promise<boolean> {
  return onEngine(at.site, `looking for image ${at.image}`, async (engine) => {
    try {
      await engine.getImage(at.image).inspect();
      return true;
    } catch (error) {
      if (engineStatus(error) === 404) return false;
      throw error;
    }
  });
}

const noRepository = ({ site, database }: OpenToolbox): Refusal => ({
  code: 'DR-NO-BACKUP',
  message: `repository volume ${database.backup.repositoryVolume} of database ${database.name} does not exist at site ${site.name}`,
  next: 'Check backup.repositoryVolume of the plan; without a backup only a standby or the damaged volume is left.',
});

const noImage = ({ site, database, image }: OpenToolbox): Refusal => ({
  code: 'DR-IMAGE-MISSING',
  message: `image ${image} of database ${database.name} is not on the engine of site ${site.name}`,
  next: 'Load or build the image; recovery never pulls one.',
});
