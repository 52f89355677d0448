import { missing, present, type Component } from '../component';
import { SetUpError } from '../errors';
import { cacheDirectory, checkout, isExecutable, which } from '../paths';
import { provideTool } from '../provide-tool';
import { run } from '../run';
import { cachedTool } from '../tools';
import { atLeast, versionIn } from '../versions';

/** 1.8 brings the server this project is tested with; extensions (`temporal dr …`) exist since 1.6. */
const minimum = '1.8';

/** The Temporal CLI, which carries the development server and its web interface. */
export const temporal: Component = {
  name: 'temporal',
  title: 'Temporal CLI',
  needs: [],

  async look() {
    const byHand = `Run scripts/setup, or install the Temporal CLI ${minimum} or newer by hand (https://docs.temporal.io/cli/setup-cli).`;
    const given = process.env['TEMPORAL_CLI_PATH'];
    if (given && !isExecutable(given)) {
      return missing(
        `TEMPORAL_CLI_PATH is "${given}", which is not an executable file.`,
        'Correct TEMPORAL_CLI_PATH or unset it.',
      );
    }
    const cached = cachedTool('temporal', checkout, cacheDirectory());
    const path = given ? given : isExecutable(cached) ? cached : which('temporal');
    if (!path) return missing('The Temporal CLI is neither on PATH nor in the cache.', byHand);
    const version = versionIn((await run(path, ['--version'])).stdout);
    if (atLeast(version, minimum)) return present(`${version} (${path})`);
    const remedy = given ? `Point TEMPORAL_CLI_PATH at the Temporal CLI ${minimum} or newer, or unset it.` : byHand;
    return missing(
      `The Temporal CLI at ${path} is ${version || 'not able to run'}; ${minimum} or newer is needed.`,
      remedy,
    );
  },

  async provide(progress) {
    // The user's own choice stands: a built one would never be used beside it.
    const state = process.env['TEMPORAL_CLI_PATH'] ? await this.look() : undefined;
    if (state && !state.ok) throw new SetUpError(state.reason, state.remedy);
    await provideTool(
      'temporal',
      (version) => {
        const release = `https://github.com/temporalio/cli/releases/download/v${version}`;
        const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
        return {
          url: `${release}/temporal_cli_${version}_${process.platform}_${architecture}.tar.gz`,
          checksumsUrl: `${release}/checksums.txt`,
          member: 'temporal',
        };
      },
      progress,
    );
  },
};
