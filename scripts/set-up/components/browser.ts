import { aptInstall, aptKnows } from '../apt';
import { missing, present, type Component } from '../component';
import { which } from '../paths';
import { run } from '../run';
import { versionIn } from '../versions';

const commands = ['chromium-headless-shell', 'chromium', 'google-chrome'] as const;

/** Path of a browser of this machine that a test can drive, the smallest first; undefined where there is none. */
export const browserPath = (): string | undefined => commands.map((one) => which(one)).find((one) => one !== undefined);

/** A browser, which the test of the status page looks with. The demo needs none, so it is provided only when it is named. */
export const browser: Component = {
  name: 'browser',
  title: 'Browser',
  needs: [],

  async look() {
    const byHand = 'Run scripts/setup --only browser, or install Chromium by hand.';
    const path = browserPath();
    if (!path) return missing(`There is none of ${commands.join(', ')} on PATH.`, byHand);
    const version = await run(path, ['--version']);
    if (version.code !== 0) return missing(`\`${path} --version\` failed: ${version.stderr.trim()}`, byHand);
    return present(versionIn(version.stdout));
  },

  async provide(progress) {
    const [small, whole] = commands;
    await aptInstall([(await aptKnows(small)) ? small : whole], progress);
  },
};
