import { buildImages, missingImages } from '../../../platform/images/build';
import { missing, present, type Component } from '../component';
import { messageOf, SetUpError } from '../errors';

/** The images of the platform, built from Debian's packages on top of the base image. */
export const images: Component = {
  name: 'images',
  title: 'Platform images',
  needs: ['docker', 'base-image'],

  async look() {
    const absent = await missingImages();
    if (absent.length === 0) return present('built and up to date');
    return missing(`Not built, or built from older files: ${absent.join(', ')}.`, 'Run scripts/setup.');
  },

  async provide(progress) {
    try {
      await buildImages(progress);
    } catch (error) {
      if (error instanceof SetUpError) throw error;
      throw new SetUpError(
        `Building the images of the platform failed: ${messageOf(error)}`,
        'The build installs Debian packages: give the machine access to a Debian mirror, then run scripts/setup again.',
      );
    }
  },
};
