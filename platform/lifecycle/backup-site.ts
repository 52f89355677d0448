import { compose } from './compose';
import { readEnv } from './env';
import { backupPortOffset, backupProject, checkProject, PORTS } from './layout';
import { connection, queryOnce, until } from './probe';
import { ensureState, ensureVolumes, SECRETS } from './state';
import { addresses, type UpResult } from './up';

export interface BackupSiteOptions {
  /** Compose project of the primary site, which has to be up. Default `shandi`. */
  project?: string;
  /** Is told one line per thing that is done. */
  log?: (line: string) => void;
}

/**
 * Brings the backup site of a platform to where it stands in peace: its database follows that of the primary site, and every
 * other container is made and not started. Repeating it changes nothing.
 *
 * Both sites share one engine here, so the archive is one volume: it stands for a repository that outlives either site.
 *
 * @throws when the primary site is not up
 */
export async function backupSiteUp(options: BackupSiteOptions = {}): Promise<UpResult> {
  const began = Date.now();
  const primary = checkProject(options.project ?? 'shandi');
  const project = checkProject(backupProject(primary));
  const say = options.log ?? (() => undefined);
  const log = (line: string): void => say(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  const theirs = await readEnv(primary);
  if (theirs['PG_PASSWORD'] === undefined)
    throw new Error(
      `the primary site ${primary} has no env file: its backup site follows its database, so bring it up first ` +
        `(npm run platform -- up --project ${primary})`,
    );
  const shared = Object.fromEntries(SECRETS.map((name) => [name, theirs[name] ?? '']));
  const env = await ensureState(project, portOffsetOf(theirs) + backupPortOffset, 'backup', {
    ...shared,
    PGREPO_VOLUME: theirs['PGREPO_VOLUME'] ?? '',
    PRIMARY_NETWORK: `${primary}_default`,
  });
  await ensureVolumes(project, env);
  log(`state directory and volumes of project ${project} are ready`);
  await compose(project, 'backup', ['--profile', 'database', 'up', '-d', '--no-deps', '--no-recreate', standby]);
  const others = async (): Promise<void> => {
    await compose(project, 'backup', ['create', '--no-recreate']);
    log('all other containers are made, and none is started');
  };
  const follows = async (): Promise<void> => {
    await until('the database of the backup site follows', async () => {
      const rows = await queryOnce<{ age: number | null }>(
        connection(env, 'STANDBY_PORT'),
        'SELECT extract(epoch FROM clock_timestamp() - max(at))::float8 AS age FROM dr_heartbeat WHERE pg_is_in_recovery()',
      );
      const age = rows[0]?.age;
      return typeof age === 'number' && age < 5 ? true : undefined;
    });
    log('its database follows');
  };
  await Promise.all([others(), follows()]);
  return {
    project,
    seconds: (Date.now() - began) / 1000,
    envFile: `platform/state/${project}/.env`,
    addresses: addresses(env),
  };
}

/** Its server; the name is another one than at the primary site, whose network it is in, too. */
const standby = 'backup-postgres';

const portOffsetOf = (env: Record<string, string>): number =>
  Number(env['API_GATEWAY_PORT'] ?? PORTS.API_GATEWAY_PORT) - PORTS.API_GATEWAY_PORT;
