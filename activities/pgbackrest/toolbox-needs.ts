import { engineStatus, onEngine } from '../shared/engine';
import { inspectVolume } from '../shared/ownership';
import { problemOf } from '../../workflows/contracts/errors';
import type { DatabaseAt, Refusal } from '../../workflows/contracts/recovery';
import { cipherEnv } from './toolbox-spec';

export interface ToolboxNeeds extends DatabaseAt {
  /** Image of the database server. */
  image: string;
}

/**
 * Whether all is there that a toolbox is made of; changes nothing.
 * @returns every reason why it cannot be made, and the environment that lets it read the repository
 */
export async function toolboxNeeds(at: ToolboxNeeds): Promise<{ reasons: Refusal[]; environment: string[] }> {
  const [repository, image, cipher] = await Promise.all([
    inspectVolume(at.site, at.database.backup.repositoryVolume),
    hasImage(at),
    orRefusal(cipherEnv(at)),
  ]);
  const reasons = [
    ...(repository ? [] : [noRepository(at)]),
    ...(image ? [] : [noImage(at)]),
    ...('refusal' in cipher ? [cipher.refusal] : []),
  ];
  return { reasons, environment: 'refusal' in cipher ? [] : cipher };
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

async function hasImage(at: ToolboxNeeds): Promise<boolean> {
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

const noRepository = ({ site, database }: ToolboxNeeds): Refusal => ({
  code: 'DR-NO-BACKUP',
  message: `repository volume ${database.backup.repositoryVolume} of database ${database.name} does not exist at site ${site.name}`,
  next: 'Check backup.repositoryVolume of the plan; without a backup only a standby or the damaged volume is left.',
});

const noImage = ({ site, database, image }: ToolboxNeeds): Refusal => ({
  code: 'DR-IMAGE-MISSING',
  message: `image ${image} of database ${database.name} is not on the engine of site ${site.name}`,
  next: 'Load or build the image; recovery never pulls one.',
});
