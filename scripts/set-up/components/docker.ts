import { setTimeout as sleep } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import { aptInstall } from '../apt';
import { missing, present, type Component, type Progress, type State } from '../component';
import { startDockerd, whyDockerdFailed } from '../dockerd';
import { SetUpError } from '../errors';
import { which } from '../paths';
import { runAsRoot } from '../privilege';
import { lastLines, run } from '../run';
import { atLeast } from '../versions';

const minimum = '20.10';
const startWithin = 60_000;

async function look(): Promise<State> {
  const answer = await run('docker', ['version', '--format', '{{.Server.Version}} {{.Server.Os}}/{{.Server.Arch}}']);
  if (answer.code === 0) {
    const version = answer.stdout.trim();
    if (atLeast(version, minimum)) return present(`${version}, running`);
    return missing(`Docker Engine is ${version}; ${minimum} or newer is needed.`, 'Upgrade Docker Engine by hand.');
  }
  const error = lastLines(answer.stderr, 1);
  if (/permission denied/i.test(error)) {
    return missing(
      'Docker Engine runs, but this user may not use it (permission denied on its socket).',
      'Add the user to the group docker (`sudo usermod -aG docker $USER`) and log in again, or work as root.',
    );
  }
  const host = process.env['DOCKER_HOST'];
  if (host)
    return missing(`Docker Engine at DOCKER_HOST=${host} does not answer: ${error}`, 'Start it, or unset DOCKER_HOST.');
  if (!which('dockerd')) {
    return missing(
      'Docker Engine is not installed.',
      'Run scripts/setup, or install Docker Engine by hand (https://docs.docker.com/engine/install).',
    );
  }
  return missing(
    'Docker Engine is installed, but it is not running.',
    'Run scripts/setup, or start it by hand (`sudo systemctl start docker`).',
  );
}

async function start(progress: Progress): Promise<void> {
  // This directory exists exactly where systemd is the init process (sd_booted(3)); the systemctl command exists elsewhere too.
  if (existsSync('/run/systemd/system')) {
    progress('starting Docker Engine (systemctl start docker)');
    const result = await runAsRoot('start Docker Engine', ['systemctl', 'start', 'docker'], { timeout: startWithin });
    if (result.code !== 0) {
      throw new SetUpError(
        `\`systemctl start docker\` failed: ${lastLines(result.stderr)}`,
        'Read `journalctl -u docker`, start Docker by hand, then run scripts/setup again.',
      );
    }
    return;
  }
  progress('starting Docker Engine (dockerd)');
  await startDockerd();
}

/** Docker Engine: installed from the distribution's packages where it is missing, started where it is not running. */
export const docker: Component = {
  name: 'docker',
  title: 'Docker Engine',
  needs: ['docker-client'],
  look,

  async provide(progress) {
    const before = await look();
    const mendable =
      process.env['DOCKER_HOST'] === undefined && !before.ok && /not (installed|running)/.test(before.reason);
    if (!before.ok && !mendable) throw new SetUpError(before.reason, before.remedy);
    // iptables is not a dependency everywhere, and dockerd does not start without it.
    if (!which('dockerd')) await aptInstall(['docker.io', 'iptables'], progress);
    let state = await look();
    if (state.ok) return;
    await start(progress);
    for (const deadline = Date.now() + startWithin; Date.now() < deadline;) {
      state = await look();
      // Any answer of a running engine ends the wait, "permission denied" and "too old" too: `look` words them.
      if (state.ok || !/not running/.test(state.reason)) return;
      const failure = await whyDockerdFailed();
      if (failure) throw new SetUpError(failure.message, failure.remedy);
      await sleep(200);
    }
    throw new SetUpError(
      `Docker Engine was started but did not answer within ${startWithin / 1000} s.`,
      'Start Docker Engine by hand and read what it says, then run scripts/setup again.',
    );
  },
};
