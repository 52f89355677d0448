import { SetUpError } from './errors';
import { logFile, which } from './paths';
import { runAsRoot, type Command } from './privilege';
import { lastLines, run } from './run';
import { serial } from './serial';
import type { Progress } from './component';

const oneAtATime = serial();
const waitForLock = ['-o', 'DPkg::Lock::Timeout=300'];
const environment = { DEBIAN_FRONTEND: 'noninteractive' };

/** Whether the package lists at hand know the package. False also where there is no apt at all. */
export async function aptKnows(name: string): Promise<boolean> {
  const shown = await run('apt-cache', ['show', '--no-all-versions', name]);
  return shown.code === 0 && shown.stdout.includes('Package:');
}

/** Fetches the package lists. An unreachable source is no failure here: the installation that follows tells whether it matters. */
async function update(progress: Progress): Promise<void> {
  progress('fetching the package lists (apt-get update)');
  await runAsRoot('update the package lists', ['apt-get', ...waitForLock, 'update'], {
    env: environment,
    timeout: 300_000,
    log: logFile('apt-update'),
  });
}

/**
 * Installs Debian or Ubuntu packages from the distribution's own repositories. The lists are fetched first only when they do not
 * know a package, and once more when the installation fails (stale lists name files that are gone).
 * @throws SetUpError where there is no apt, no root or no such package.
 */
export function aptInstall(packages: readonly string[], progress: Progress): Promise<void> {
  return oneAtATime(async () => {
    const names = packages.join(' ');
    if (!which('apt-get')) {
      throw new SetUpError(
        `The packages ${names} are missing, and this is not a Debian or Ubuntu machine (there is no apt-get).`,
        `Install what your distribution calls ${names} by hand, then run scripts/setup again.`,
      );
    }
    const purpose = `install the packages ${names}`;
    let updated = false;
    for (const name of packages) {
      if (updated || (await aptKnows(name))) continue;
      await update(progress);
      updated = true;
    }
    // Recommended packages are left out: they are a matter of taste and may start services.
    const options = ['-y', ...waitForLock, '-o', 'Dpkg::Use-Pty=0', '--no-install-recommends'];
    const command: Command = ['apt-get', 'install', ...options, ...packages];
    for (;;) {
      progress(`installing ${names} (apt-get)`);
      const log = logFile(`apt-install-${packages[0]}`);
      const result = await runAsRoot(purpose, command, { env: environment, timeout: 900_000, log });
      if (result.code === 0) return;
      if (updated) {
        throw new SetUpError(
          `apt-get could not install ${names}: ${lastLines(result.stderr) || 'it took longer than 15 minutes'} (log: ${log}).`,
          `Install ${names} by hand, then run scripts/setup again.`,
        );
      }
      await update(progress);
      updated = true;
    }
  });
}
