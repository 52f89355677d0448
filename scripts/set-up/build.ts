import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SetUpError } from './errors';
import { provideGo } from './go';
import { checkout, logFile } from './paths';
import { lastLines, run } from './run';
import { serial } from './serial';
import { pinOf, toolDirectory, tools, type ToolName } from './tools';
import type { Progress } from './component';

const oneAtATime = serial();

/** What to do by hand; the programs of the production control plane have no other way. */
const remedies: Partial<Record<ToolName, string>> = {
  compose: 'Install the Docker Compose plugin, v2.20 or newer, by hand, then run scripts/setup again.',
  temporal: 'Install the Temporal CLI, 1.8 or newer, by hand, then run scripts/setup again.',
};

/**
 * Builds a pinned tool from source into `to` (which appears only when it is complete). About four minutes for the Temporal CLI and
 * one and a half for Compose on two cores with nothing cached; seconds with Go's build cache.
 * @throws SetUpError when Go cannot be had or the build fails.
 */
export function buildTool(name: ToolName, to: string, progress: Progress): Promise<void> {
  return oneAtATime(async () => {
    const tool = tools[name];
    const pin = pinOf(name, checkout);
    const go = await provideGo(pin.go, progress);
    progress(`building ${tool.module} ${pin.version} from source (some minutes the first time)`);
    await mkdir(dirname(to), { recursive: true });
    const part = `${to}.part-${process.pid}`;
    const log = logFile(`build-${name}`);
    const version = tool.versionVariable ? ` -X ${tool.versionVariable}=${tool.versionPrefix}${pin.version}` : '';
    const flags = `-s -w${version}`;
    // -trimpath: the same binary from every directory, so that Go's build cache serves every clone.
    const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', flags, '-o', part, tool.package];
    try {
      const result = await run(go, args, {
        cwd: toolDirectory(name, checkout),
        // CGO off: no C compiler is needed. GOTOOLCHAIN: the go.mod may ask for a newer Go than the installed one. GOWORK: a
        // workspace file above the checkout is none of our business.
        env: { CGO_ENABLED: '0', GOTOOLCHAIN: 'auto', GOWORK: 'off' },
        timeout: 1_800_000,
        log,
      });
      if (result.code !== 0) {
        const reason = result.timedOut ? 'it took longer than 30 minutes' : lastLines(result.stderr);
        throw new SetUpError(
          `Building ${tool.module} ${pin.version} failed: ${reason} (log: ${log}).`,
          remedies[name] ?? 'Give the machine access to a Go module proxy, then run the same command again.',
        );
      }
      await chmod(part, 0o755);
      await rename(part, to);
    } finally {
      await rm(part, { force: true });
    }
  });
}
