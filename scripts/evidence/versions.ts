import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { drHome } from '../../activities/shared/paths';
import { stateOfTheCode, workflowBundle } from '../../workers/bundle';

const code = z.object({
  /** Of the sources: the same on every machine. */
  sources: z.string(),
  /** SHA-256 of the bundle that workers run; the history of a run names it. */
  bundle: z.string(),
});

/** `versions.json`: the product, and the workflow code it had when the bundle was made. */
export const versionsSchema = z.object({
  product: z.string(),
  /** Of this project's repository: what to check out. Absent where there is none, such as in an image. */
  commit: z.string().optional(),
  node: z.string(),
  temporalSdk: z.string(),
  code,
});
export type Versions = z.infer<typeof versionsSchema>;

/** The workflow code of this checkout. */
export interface PresentCode extends z.infer<typeof code> {
  codePath: string;
}

/** Built once per state of the code, where the workers keep it, or in the folder for temporary files. */
export async function presentCode(): Promise<PresentCode> {
  const { codePath } = await workflowBundle(join(drHome(), 'bundles')).catch(() =>
    workflowBundle(join(tmpdir(), 'dr-bundles')),
  );
  const bundle = createHash('sha256')
    .update(await readFile(codePath))
    .digest('hex');
  return { sources: stateOfTheCode(), bundle, codePath };
}

const packageOf = (path: string): { version: string } => JSON.parse(readFileSync(path, 'utf8')) as { version: string };

export const productVersion = (): string => packageOf(join(__dirname, '..', '..', 'package.json')).version;

function commitOf(): string | undefined {
  const git = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: __dirname, encoding: 'utf8' });
  return git.status === 0 ? git.stdout.trim() : undefined;
}

/** What a bundle says of its making. */
export const versionsOf = ({ sources, bundle }: PresentCode, commit = commitOf()): Versions => ({
  product: productVersion(),
  ...(commit === undefined ? {} : { commit }),
  node: process.version,
  temporalSdk: packageOf(require.resolve('@temporalio/worker/package.json')).version,
  code: { sources, bundle },
});
