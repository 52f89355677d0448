import { aptInstall } from '../apt';
import { missing, present, type Component } from '../component';
import { which } from '../paths';
import { run } from '../run';
import { versionIn } from '../versions';

/** The `docker` command. Debian 12 and Ubuntu ship it inside docker.io, Debian 13 in a package of its own. */
export const dockerClient: Component = {
  name: 'docker-client',
  title: 'Docker client',
  needs: [],

  async look() {
    const byHand = 'Run scripts/setup, or install Docker by hand (https://docs.docker.com/engine/install).';
    if (!which('docker')) return missing('There is no `docker` command on PATH.', byHand);
    const version = await run('docker', ['--version']);
    if (version.code !== 0) return missing(`\`docker --version\` failed: ${version.stderr.trim()}`, byHand);
    return present(versionIn(version.stdout));
  },

  async provide(progress) {
    await aptInstall(['docker.io'], progress);
    if (!which('docker')) await aptInstall(['docker-cli'], progress);
  },
};
