import { chmod, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptInstall, aptKnows } from './apt';
import { SetUpError, messageOf } from './errors';
import { isExecutable, logFile, which } from './paths';
import { lastLines, run } from './run';
import { atLeast, versionIn } from './versions';
import type { Progress } from './component';

/** From this version on, `go` fetches by itself the newer toolchain that a go.mod asks for (GOTOOLCHAIN=auto; go.dev/doc/toolchain). */
const selfUpdating = '1.21';
/** What this process has fetched already, so that the second tool does not fetch its own toolchain when the first one's will do. */
let fetched: { go: string; version: string } | undefined;
const byHand = 'Install Go 1.21 or newer from https://go.dev/dl by hand, then run scripts/setup again.';

async function installedGo(): Promise<string[]> {
  const versions = existsSync('/usr/lib') ? (await readdir('/usr/lib')).filter((name) => /^go-\d/.test(name)) : [];
  const candidates = [which('go'), '/usr/local/go/bin/go', ...versions.map((name) => `/usr/lib/${name}/bin/go`)];
  return [...new Set(candidates)].filter((path): path is string => path !== undefined && isExecutable(path));
}

async function versionOf(go: string): Promise<string> {
  // GOTOOLCHAIN=local: asked inside a module, a self-updating go would answer with (and fetch!) another version.
  return (await run(go, ['version'], { cwd: tmpdir(), env: { GOTOOLCHAIN: 'local' } })).stdout;
}

/**
 * An old `go` cannot update itself, but the toolchains are published as Go modules, and fetching those is what every `go` can do
 * since 1.16. Debian 12 ships 1.19. The checksum database vouches for the module as for any other.
 */
async function bootstrap(go: string, wanted: string, progress: Progress): Promise<string> {
  if (fetched && atLeast(fetched.version, wanted)) return fetched.go;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const module = `golang.org/toolchain@v0.0.1-go${wanted}.${process.platform}-${architecture}`;
  progress(`fetching Go ${wanted} (the installed one is too old to do so by itself)`);
  const log = logFile('go-toolchain');
  const result = await run(go, ['mod', 'download', '-json', module], { cwd: tmpdir(), timeout: 300_000, log });
  if (result.code !== 0) {
    throw new SetUpError(
      `Go ${wanted} could not be fetched: ${lastLines(result.stdout + result.stderr)} (log: ${log}).`,
      byHand,
    );
  }
  const { Dir: root } = JSON.parse(result.stdout) as { Dir: string };
  // The module cache keeps no execute permissions; a newer go restores them for toolchains in the same way.
  for (const directory of [join(root, 'bin'), join(root, 'pkg/tool', `${process.platform}_${architecture}`)]) {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (entry.isFile()) await chmod(join(directory, entry.name), 0o555);
    }
  }
  fetched = { go: join(root, 'bin/go'), version: wanted };
  return fetched.go;
}

/**
 * A `go` that can build a module asking for Go `wanted`: an installed one from 1.21 on, else the distribution's package, updated
 * where it is older than that.
 * @throws SetUpError naming what to install by hand.
 */
export async function provideGo(wanted: string, progress: Progress): Promise<string> {
  let found = await installedGo();
  for (const go of found) if (atLeast(await versionOf(go), selfUpdating)) return go;
  if (found.length === 0) {
    try {
      // ca-certificates: go fetches modules over TLS and brings no certificates of its own.
      const certificates = (await aptKnows('ca-certificates')) ? ['ca-certificates'] : [];
      await aptInstall(['golang-go', ...certificates], progress);
    } catch (error) {
      throw new SetUpError(`Building from source needs Go, and it could not be installed: ${messageOf(error)}`, byHand);
    }
    found = await installedGo();
  }
  const [go] = found;
  if (!go)
    throw new SetUpError('Building from source needs Go, and none was found after installing golang-go.', byHand);
  const version = await versionOf(go);
  if (atLeast(version, selfUpdating)) return go;
  progress(`Go ${versionIn(version)} is at ${go}`);
  return bootstrap(go, wanted, progress);
}
