import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program pinned by a Go module in `tools/<name>`, so that it can be built where no release can be downloaded. */
export type ToolName = 'temporal' | 'compose' | ServerTool;
/** Programs of the production control plane; `./dr control-plane build` provides them, the set-up does not. */
export type ServerTool = 'temporal-server' | 'temporal-sql-tool' | 'temporal-ui-server';

interface Tool {
  /** The Go module whose version the pin is about. */
  module: string;
  /** The package to build. */
  package: string;
  /** The folder of its Go module below `tools/`. Default: its name. */
  directory?: string;
  /** The variable that carries the version the program prints, where its code does not say it. */
  versionVariable?: string;
  /** How the releases write the version: Compose with a leading `v`, the Temporal CLI without. */
  versionPrefix: '' | 'v';
}

export const tools: Record<ToolName, Tool> = {
  temporal: {
    module: 'github.com/temporalio/cli',
    package: 'github.com/temporalio/cli/cmd/temporal',
    versionVariable: 'github.com/temporalio/cli/internal/temporalcli.Version',
    versionPrefix: '',
  },
  compose: {
    module: 'github.com/docker/compose/v2',
    package: 'github.com/docker/compose/v2/cmd',
    versionVariable: 'github.com/docker/compose/v2/internal.Version',
    versionPrefix: 'v',
  },
  'temporal-server': {
    module: 'go.temporal.io/server',
    package: 'go.temporal.io/server/cmd/server',
    directory: 'temporal-server',
    versionPrefix: '',
  },
  'temporal-sql-tool': {
    module: 'go.temporal.io/server',
    package: 'go.temporal.io/server/cmd/tools/sql',
    directory: 'temporal-server',
    versionPrefix: '',
  },
  'temporal-ui-server': {
    module: 'github.com/temporalio/ui-server/v2',
    package: 'github.com/temporalio/ui-server/v2/cmd/server',
    directory: 'temporal-server',
    versionPrefix: '',
  },
};

/** The directory of a tool's Go module. */
export const toolDirectory = (name: ToolName, root: string): string =>
  join(root, 'tools', tools[name].directory ?? name);

/** What a tool's go.mod pins: the tool's version without `v`, and the Go version that the module asks for. */
export interface Pin {
  version: string;
  go: string;
}

/**
 * Reads the pin out of the text of a go.mod.
 * @throws Error when the file does not pin the module: a mistake in the repository, not in the machine.
 */
export function parsePin(goMod: string, module: string): Pin {
  const go = /^go (\d+\.\d+(?:\.\d+)?)$/m.exec(goMod)?.[1];
  const escaped = module.replace(/[.\\/]/g, '\\$&');
  const version = new RegExp(`^(?:require\\s+|\\s+)${escaped} v(\\d+\\.\\d+\\.\\d+)`, 'm').exec(goMod)?.[1];
  if (!go || !version)
    throw new Error(`go.mod pins no version of ${module}: expected "require ${module} vX.Y.Z" and "go X.Y"`);
  return { version, go };
}

/** The pin of a tool in this checkout. */
export function pinOf(name: ToolName, root: string): Pin {
  return parsePin(readFileSync(join(toolDirectory(name, root), 'go.mod'), 'utf8'), tools[name].module);
}

/**
 * Where a downloaded or built tool lies in the cache. The name holds a hash of the pin (go.mod and go.sum) and the platform:
 * another version or another processor never takes the wrong file, and an old checkout keeps finding its own.
 */
export function cachedTool(name: ToolName, root: string, cache: string): string {
  const hash = createHash('sha256').update(`${process.platform}/${process.arch}\n`);
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(toolDirectory(name, root), file)));
  const program = name === 'compose' ? 'docker-compose' : name;
  return join(cache, 'bin', `${program}-${hash.digest('hex').slice(0, 12)}`);
}
