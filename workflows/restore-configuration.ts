/**
 * Restores the files that the platform is made of: those that are missing or broken, or all that differ. What procedures change
 * in them (volumes, servers) is never taken from a bundle where anything else says what it is.
 */
import type { Plan } from '../plan';
import { bundleContext, tierOf, type BundleContext } from './bundle/context';
import { chooseBundle, openStaging } from './bundle/prepare';
import { compare, describe, replaceFiles } from './bundle/replace';
import { restoreConfigurationInputSchema, type ImageFinding, type RestoreConfigurationInput } from './contracts/bundle';
import { configurationResource, recoveryLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';

/**
 * The procedure `restoreConfiguration`. @param input one JSON object: see `restoreConfigurationInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function restoreConfiguration(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'restoreConfiguration',
      schema: restoreConfigurationInputSchema,
      describe: ({ reason, by }) => {
        const resource = configurationResource();
        return {
          resource,
          lock: recoveryLock(resource),
          mode: 'restore',
          summary: `restore of ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: RestoreConfigurationInput, plan: Plan): Promise<Finished> {
  const context = bundleContext(run, 'configuration', plan);
  const { at } = context;
  const tier = tierOf(plan);
  if (tier) run.judgeBy(tier);
  const backup = await chooseBundle(run, context, input.backup);
  const images = input.images ? await lacking(run, context, backup.images) : [];
  await openStaging(run, context, backup);
  const wish = { ...input, backup, images };
  const found = await run.probe('Compare the files', () => compare(context, wish), describe);
  const needed = found.files.some((one) => one.restore);
  const replaced = needed ? await replaceFiles(run, context, wish) : undefined;
  if (!needed) run.note(`no file is ${input.what === 'all' ? 'other than in the bundle' : 'missing or broken'}`);
  const loaded = images.length > 0 ? await load(run, context, images) : undefined;
  const result = {
    backup: backup.label,
    needed: needed || images.length > 0,
    restored: replaced?.restored ?? [],
    kept: replaced?.kept ?? null,
    images: loaded?.loaded ?? [],
    left: found.files.filter((one) => !one.restore).map((one) => one.path),
  };
  if (!result.needed) return { verdict: 'none', result };
  if (needed)
    run.note('containers go on with what they were started with: start those anew that a restored file is for');
  // Business data does not lie in these files; what a bundle is too old for is named on the card.
  run.verified(`the files are in place, and Compose can read the project at site ${at.site.name}`, 0);
  run.pointOfNoReturn('the files are in use');
  return { verdict: 'judge', result };
}

/** One that is on the engine by its content gets its name back; one that is not is loaded. */
async function load(
  run: Run,
  { at, on }: BundleContext,
  lacked: ImageFinding[],
): Promise<{ loaded: string[]; named: string[] } | undefined> {
  run.phase('Images');
  const images = lacked.map((one) => one.image);
  return run.optional(
    'Load the images that the engine lacks',
    () => on.change.loadImages({ site: at.site, directory: at.backups.directory, images }),
    (one) => [...one.loaded.map((name) => `loaded ${name}`), ...one.named.map((name) => `named ${name}`)].join(', '),
  );
}

/** Images of the bundle that Compose could not start from. Another image under the same name may be newer, and is left alone. */
async function lacking(run: Run, { at, on }: BundleContext, images: ImageFinding['image'][]): Promise<ImageFinding[]> {
  const found = await run.probe(
    'Look for its images',
    () => on.probe.findImages({ site: at.site, images }),
    (all) =>
      all
        .filter((one) => !one.named)
        .map((one) => one.image.name)
        .join(', ') || 'the engine has them all',
  );
  return found.filter((one) => !one.named && one.image.id !== null);
}
