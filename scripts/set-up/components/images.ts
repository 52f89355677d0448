import { buildImages, IMAGES } from '../../../platform/images/build';
import { missing, present, type Component, type Progress } from '../component';
import { messageOf, SetUpError } from '../errors';
import { run } from '../run';

const tags = IMAGES.map(({ tag }) => tag);

async function build(progress: Progress): Promise<void> {
  try {
    await buildImages(progress);
  } catch (error) {
    throw new SetUpError(
      `Building the images of the platform failed: ${messageOf(error)}`,
      'The build installs Debian packages: give the machine access to a Debian mirror, then run scripts/setup again.',
    );
  }
}

/** The images of the platform, built from Debian's packages on top of the base image. */
export const images: Component = {
  name: 'images',
  title: 'Platform images',
  needs: ['docker', 'base-image'],

  async look() {
    const found = await run('docker', ['image', 'inspect', '--format', '{{join .RepoTags "\\n"}}', ...tags]);
    const absent = tags.filter((tag) => !found.stdout.split('\n').includes(tag));
    if (absent.length > 0) return missing(`Docker has no image ${absent.join(', ')}.`, 'Run scripts/setup.');
    return present(tags.join(', '));
  },

  provide: build,

  // An image whose files did not change is left alone; only what was built is worth a line.
  renew: (progress) => build((line) => (line.endsWith('is up to date') ? undefined : progress(line))),
};
