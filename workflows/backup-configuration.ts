/** Backs up the files that the platform is made of, encrypted, and the images that its Compose file uses. */
import type { Plan } from '../plan';
import { takeBundle } from './bundle/backup';
import { bundleContext } from './bundle/context';
import { backupConfigurationInputSchema, type BackupConfigurationInput } from './contracts/bundle';
import { backupLock, configurationResource } from './contracts/names';
import type { Report } from './contracts/run-view';
import { bytes, count } from './contracts/words';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';

/**
 * The procedure `backupConfiguration`. @param input one JSON object: see `backupConfigurationInputSchema`
 * @returns the report, with the bundle as its result; fails with a code when it was aborted
 */
export async function backupConfiguration(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'backupConfiguration',
      schema: backupConfigurationInputSchema,
      describe: ({ reason, by }) => {
        const resource = configurationResource();
        return {
          resource,
          lock: backupLock(resource),
          mode: 'backup',
          summary: `backup of ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: BackupConfigurationInput, plan: Plan): Promise<Finished> {
  const context = bundleContext(run, 'configuration', plan);
  const { at, on } = context;
  run.phase('Back up');
  const images = await run.probe(
    'Have Compose read the project, and look at its images',
    () => on.probe.usedImages({ site: at.site }),
    (found) => found.map((one) => `${one.name}${one.id === null ? ', which the engine does NOT have' : ''}`).join(', '),
  );
  const backup = await takeBundle(run, context, images);
  if (!(input.images ?? plan.backups.configuration.images)) return { verdict: 'none', result: { backup } };
  run.phase('Images');
  const saved = await run.optional(
    'Keep the images',
    () => on.change.saveImages({ site: at.site, directory: plan.backups.directory, images }),
    (one) =>
      `${one.saved.length > 0 ? `kept ${one.saved.join(', ')}` : 'all were kept already'}; ${bytes(one.bytes)} in all`,
  );
  run.facts('Images', [
    { label: 'In use', value: count(images.length) },
    ...images
      .filter((one) => one.id === null)
      .map((one) => ({ label: one.name, value: 'not on the engine, so it could not be kept' })),
  ]);
  return { verdict: 'none', result: { backup, images: saved ?? null } };
}
