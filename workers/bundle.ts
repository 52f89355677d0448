import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = join(__dirname, '..');

/**
 * The workflow bundle, built once per state of the code and kept in `folder`: a worker that was killed is back in a
 * second instead of five, and those seconds are part of somebody's RTO. One that came with the code is taken as it is.
 */
export async function workflowBundle(folder: string): Promise<{ codePath: string }> {
  const name = `workflows-${stateOfTheCode()}.js`;
  // An image of the workers brings its bundle along.
  const shipped = join(root, 'bundles', name);
  if (existsSync(shipped)) return { codePath: shipped };
  const codePath = join(folder, name);
  if (!existsSync(codePath)) {
    const { code } = await bundleWorkflowCode({
      workflowsPath: require.resolve('../workflows'),
      logger: new DefaultLogger('WARN'),
    });
    mkdirSync(folder, { recursive: true });
    // Renamed into place: two workers that start together never read half a bundle.
    const draft = `${codePath}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, codePath);
  }
  return { codePath };
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A hash of the sources that the workflow code is made of: the same on every machine, unlike that of the bundle. */
export function stateOfTheCode(): string {
  const hash = createHash('sha256');
  const files = ['workflows', 'plan'].flatMap((folder) => sources(join(root, folder)));
  for (const file of [...files.sort(), join(root, 'package-lock.json')])
    hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
