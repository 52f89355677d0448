import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = join(__dirname, '..');

/**
 * The workflow bundle, built once per state of the code and kept in `folder`: a worker that was killed is back in a
 * second instead of five, and those seconds are part of somebody's RTO.
 */
export async function workflowBundle(folder: string): Promise<{ codePath: string }> {
  const codePath = join(folder, `workflows-${stateOfTheCode()}.js`);
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

function stateOfTheCode(): string {
  const hash = createHash('sha256');
  const files = ['workflows', 'plan'].flatMap((folder) => sources(join(root, folder)));
  for (const file of [...files.sort(), join(root, 'package-lock.json')])
    hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
