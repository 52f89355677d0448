/** The images of the production control plane: built here where no registry has them. */
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { baseImageId, buildImage, DEFAULT_BASE } from '../../platform/images/build-image';
import { run } from '../../platform/run';
import { workflowBundle } from '../../workers/bundle';
import { SetUpError } from '../set-up/errors';
import { cacheDirectory, checkout, toolPaths } from '../set-up/paths';
import { provideTool, type Release } from '../set-up/provide-tool';
import type { Progress } from '../set-up/component';
import { workerPackages } from './packages';

/** What `docker-compose.yml` names where no variable says otherwise; a test holds it to that. */
export const controlPlaneImages = {
  temporal: 'shandi-dr/temporal:1.31.2',
  postgresql: 'shandi-dr/postgresql:15',
  worker: 'shandi-dr/worker:0.1.0',
} as const;
type ImageName = keyof typeof controlPlaneImages;

/** Parts of this project that the workers and the command line consist of. */
const parts = ['activities', 'plan', 'scripts', 'templates', 'workers', 'workflows'];
const files = ['dr', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** The server and its tools are published in one archive; the Web UI as an image only. */
const serverRelease =
  (member: string) =>
  (version: string): Release => {
    const release = `https://github.com/temporalio/temporal/releases/download/v${version}`;
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    return {
      url: `${release}/temporal_${version}_${process.platform}_${architecture}.tar.gz`,
      checksumsUrl: `${release}/checksums.txt`,
      member,
    };
  };

async function fillTemporal(context: string, progress: Progress): Promise<void> {
  const programs = {
    temporal: toolPaths().temporal,
    'temporal-server': await provideTool('temporal-server', serverRelease('temporal-server'), progress),
    'temporal-sql-tool': await provideTool('temporal-sql-tool', serverRelease('temporal-sql-tool'), progress),
    'temporal-ui-server': await provideTool('temporal-ui-server', undefined, progress),
  };
  for (const [name, path] of Object.entries(programs)) await place(path, join(context, name));
}

async function fillWorker(context: string, progress: Progress): Promise<void> {
  await place(process.execPath, join(context, 'node'));
  await place(await composePlugin(), join(context, 'docker-compose'));
  // Links instead of copies: some ten thousand files that nobody changes.
  await run('cp', ['-al', join(await workerPackages(progress), 'node_modules'), join(context, 'node_modules')]);
  const app = join(context, 'app');
  await mkdir(app);
  for (const part of [...parts, ...files]) await cp(join(checkout, part), join(app, part), { recursive: true });
  // Made once, here: a worker in a container would need five seconds and four times its memory for it at its first start.
  progress('bundling the workflows');
  await workflowBundle(join(app, 'bundles'));
}

const place = async (program: string, to: string): Promise<void> => cp(await realpath(program), to);

/** The Compose plugin that this machine's docker client uses: the set-up has seen to it that it is new enough. */
async function composePlugin(): Promise<string> {
  const { stdout } = await run('docker', ['info', '--format', '{{json .ClientInfo.Plugins}}']);
  const plugins = JSON.parse(stdout) as { Name: string; Path?: string }[] | null;
  const path = plugins?.find((one) => one.Name === 'compose')?.Path;
  if (path) return path;
  throw new SetUpError('The docker client names no path of its Compose plugin.', 'Run scripts/setup.');
}

const fill: Record<ImageName, (context: string, progress: Progress) => Promise<void>> = {
  temporal: fillTemporal,
  postgresql: () => Promise.resolve(),
  worker: fillWorker,
};

/**
 * Builds the images that the production control plane runs from, for those that no registry has: the programs of Temporal (what is in the cache, else
 * the official release, else built from source), PostgreSQL from Debian's package, the workers from this checkout. What did
 * not change is left alone.
 *
 * @param progress is told one line per thing that is done
 * @throws with a sentence when the base image, Docker, a Debian mirror or a Go module proxy is missing
 */
export async function buildControlPlaneImages(progress: Progress): Promise<void> {
  const baseId = await baseImageId();
  const folder = join(cacheDirectory(), 'control-plane');
  await mkdir(folder, { recursive: true });
  for (const name of Object.keys(controlPlaneImages) as ImageName[]) {
    const began = Date.now();
    const tag = controlPlaneImages[name];
    const context = await mkdtemp(join(folder, `${name}-`));
    try {
      await cp(join(checkout, 'control-plane', name), context, { recursive: true });
      await fill[name](context, progress);
      // Whoever runs it is not who wrote the checkout.
      await run('chmod', ['-R', 'a+rX', context]);
      const built = await buildImage(tag, context, DEFAULT_BASE, baseId);
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      progress(built ? `image ${tag} built in ${seconds} s` : `image ${tag} is up to date`);
    } finally {
      await rm(context, { recursive: true, force: true });
    }
  }
}
