import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { labels } from './containers';
import { copyNames, runLabels, type CopyRole } from './copy-names';
import { onEngine } from './engine';
import { runOneShot } from './one-shot';

/** Place in an option of the plan's `copyVolume` that becomes the key of the run, so that no two copies share a device. */
const placeholder = '{key}';

/** Driver options of a copy's volume for one run. */
export const keyedOptions = (options: Record<string, string>, key: string): Record<string, string> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value.replaceAll(placeholder, key)]));

/** Makes a volume where the plan wants copies to be; one of that name which exists is kept. */
export async function createCopyVolume(
  at: DatabaseAt & { key: string; image: string },
  name: string,
  role: CopyRole,
): Promise<void> {
  const { site, database, key, image } = at;
  const { copyVolume } = database;
  const options = copyVolume ? keyedOptions(copyVolume.options, key) : {};
  const folder = options['device'];
  // The engine makes the folder of a container's own mount, but not that of a volume: nobody could have made it before.
  if (copyVolume && folder?.startsWith('/') && options['type'] === 'none')
    await runOneShot(site, {
      name: `${copyNames(site, key).restore}-folder`,
      image,
      command: ['chown', 'postgres:postgres', '/folder'],
      user: 'root',
      binds: [`${folder}:/folder`],
      labels: { ...runLabels(site, 'restore'), [labels.spec]: folder },
    });
  await onEngine(site, `creating volume ${name}`, (engine) =>
    engine.createVolume({
      Name: name,
      Labels: runLabels(site, role),
      ...(copyVolume ? { Driver: copyVolume.driver, DriverOpts: options } : {}),
    }),
  );
}
