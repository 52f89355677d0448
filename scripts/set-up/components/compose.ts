import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { missing, present, type Component } from '../component';
import { SetUpError } from '../errors';
import { cacheDirectory } from '../paths';
import { provideTool } from '../provide-tool';
import { run } from '../run';
import { atLeast, versionIn } from '../versions';

const minimum = '2.20';
const byHand =
  'Run scripts/setup, or install the Docker Compose plugin (v2) by hand (https://docs.docker.com/compose/install).';

/** Where the docker client looks for this user's plugins first. */
const pluginFile = (): string =>
  join(process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'cli-plugins', 'docker-compose');

/** The releases' names for the processors that Node calls otherwise. */
const releaseArchitecture: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' };

/** Docker Compose v2 as a plugin of the docker client: everything calls it as `docker compose …`. */
export const compose: Component = {
  name: 'compose',
  title: 'Docker Compose',
  needs: ['docker-client'],

  async look() {
    const version = await run('docker', ['compose', 'version', '--short']);
    if (version.code !== 0) return missing('The docker client has no `compose` plugin.', byHand);
    if (atLeast(version.stdout, minimum)) return present(`v${versionIn(version.stdout)}`);
    return missing(`Docker Compose is ${version.stdout.trim()}; v${minimum} or newer is needed.`, byHand);
  },

  async provide(progress) {
    const file = pluginFile();
    // Ours is a link into the cache; a link whose target is gone is nobody's. Anything else is somebody's own choice.
    const ours = existsSync(file) && realpathSync(file).startsWith(join(cacheDirectory(), 'bin'));
    if (existsSync(file) && !ours) {
      throw new SetUpError(
        `The Docker Compose plugin at ${file} does not run or is older than v${minimum}, and it was not put there by this set-up.`,
        `Upgrade or remove ${file}, then run scripts/setup again.`,
      );
    }
    const built = await provideTool(
      'compose',
      (version) => {
        const release = `https://github.com/docker/compose/releases/download/v${version}`;
        const name = `docker-compose-${process.platform}-${releaseArchitecture[process.arch] ?? process.arch}`;
        return { url: `${release}/${name}`, checksumsUrl: `${release}/${name}.sha256` };
      },
      progress,
    );
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    symlinkSync(built, file);
  },
};
