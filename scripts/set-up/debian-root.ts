import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptInstall } from './apt';
import { SetUpError } from './errors';
import { logFile, which } from './paths';
import { runAsRoot, type Command } from './privilege';
import { lastLines, type RunOptions, type RunResult } from './run';
import type { Progress } from './component';

const suite = 'bookworm';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Where Debian's packages come from: `$DR_DEBIAN_MIRROR`; nothing: debootstrap's own choice, a mirror nearby. */
const mirror = (): string[] => (process.env['DR_DEBIAN_MIRROR'] ? [process.env['DR_DEBIAN_MIRROR']] : []);

/** Sources of the image: the mirror debootstrap used, with the updates and, where it has them beside, the security fixes. */
export function aptSources(written: string): string {
  const used = /^deb\s+(\S+)/m.exec(written)?.[1];
  if (!used) throw new Error(`debootstrap wrote no source of packages: ${JSON.stringify(written.slice(0, 200))}`);
  const security = used.replace(/\/debian\/?$/, '/debian-security');
  return [
    `deb ${used} ${suite} main`,
    `deb ${used} ${suite}-updates main`,
    ...(security === used ? [] : [`deb ${security} ${suite}-security main`]),
    '',
  ].join('\n');
}

/** What makes the file system slim and fit for a container, as in Debian's published image: files with their contents. */
const configuration: Record<string, string> = {
  // Documentation and translations of packages installed later stay out too; licences stay.
  'etc/dpkg/dpkg.cfg.d/slim': `path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/lintian/*
`,
  'etc/apt/apt.conf.d/container': `Acquire::Languages "none";
Acquire::GzipIndexes "true";
APT::Install-Recommends "false";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
`,
  // Packages must not start their services while an image is built.
  'usr/sbin/policy-rc.d': '#!/bin/sh\nexit 101\n',
  // debootstrap copies these two from this machine; Docker mounts its own over them.
  'etc/resolv.conf': '',
  'etc/hostname': '',
};

const excluded = [
  './usr/share/man/*',
  './usr/share/info/*',
  './usr/share/locale/*',
  './usr/share/lintian/*',
  './var/cache/apt/archives/*',
  './var/cache/apt/*.bin',
  './var/lib/apt/lists/*',
  './var/log/*',
  './dev/*',
  './proc/*',
  './sys/*',
];

/** Everything that shapes the result; a hash of it names the cached tarball. */
export const recipe = JSON.stringify([suite, 'minbase', 'sources of the mirror', configuration, excluded]);

/**
 * Makes a Debian root file system with debootstrap and writes it as a tarball, for `docker import`.
 * @param root a directory that does not exist yet, on a file system that allows device files; the caller removes it.
 * @param tarball appears only when it is complete.
 * @throws SetUpError when debootstrap cannot be had, there is no root, or Debian's packages cannot be reached.
 */
export async function buildRootFileSystem(root: string, tarball: string, progress: Progress): Promise<void> {
  const asRoot = (command: Command, options?: RunOptions): Promise<RunResult> =>
    runAsRoot('build the base image with debootstrap', command, options);
  // On Ubuntu the keys of Debian are a package of their own.
  const wanted = [
    ...(which('debootstrap') ? [] : ['debootstrap']),
    ...(existsSync(keyring) ? [] : ['debian-archive-keyring']),
  ];
  if (wanted.length > 0) await aptInstall(wanted, progress);

  progress(`building the file system (${['debootstrap', ...mirror()].join(' ')})`);
  const log = logFile('debootstrap');
  const debootstrap: Command = [
    which('debootstrap') ?? 'debootstrap',
    '--variant=minbase',
    `--keyring=${keyring}`,
    suite,
    root,
    ...mirror(),
  ];
  // No flushing to disk after every package: a tree that is cut short is thrown away anyway (dpkg(1), DPKG_FORCE).
  const built = await asRoot(debootstrap, { timeout: 900_000, log, env: { DPKG_FORCE: 'unsafe-io' } });
  try {
    if (built.code !== 0) {
      const reason = built.timedOut ? 'it took longer than 15 minutes' : lastLines(built.stdout + built.stderr, 1);
      throw new SetUpError(
        `debootstrap failed: ${reason} (log: ${log}).`,
        'Give the machine access to a Debian mirror (DR_DEBIAN_MIRROR names another one), or `docker load` the image debian:bookworm-slim by hand.',
      );
    }
    // Written beside and installed: the tree belongs to root, this process may not. The modes do not depend on its umask.
    const sources = 'etc/apt/sources.list';
    const files = { ...configuration, [sources]: aptSources(await readFile(join(root, sources), 'utf8')) };
    for (const [path, content] of Object.entries(files)) {
      const file = `${root}.file`;
      await writeFile(file, content);
      const mode = path.startsWith('usr/sbin/') ? '755' : '644';
      const installed = await asRoot(['install', '-D', '-m', mode, file, join(root, path)]);
      if (installed.code !== 0) throw new Error(`writing ${path} failed: ${lastLines(installed.stderr)}`);
    }

    await mkdir(dirname(tarball), { recursive: true });
    const part = `${tarball}.part-${process.pid}`;
    const tar: Command = [
      'tar',
      '-C',
      root,
      '--numeric-owner',
      '--anchored',
      '--wildcards',
      ...excluded.map((p) => `--exclude=${p}`),
    ];
    const packed = await asRoot([...tar, '-cf', part, '.'], { timeout: 300_000 });
    if (packed.code !== 0) throw new Error(`packing the file system failed: ${lastLines(packed.stderr)}`);
    await rename(part, tarball);
  } finally {
    await asRoot(['rm', '-rf', '--one-file-system', root], { timeout: 120_000 });
    await rm(`${tarball}.part-${process.pid}`, { force: true });
  }
}
