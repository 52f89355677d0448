import { Command } from 'commander';
import { act } from '../lib/act';
import { toJson } from '../lib/context';
import { Fault } from '../lib/fault';

/** `control-plane init`, `control-plane build`: what `docker compose up` of the production control plane needs. */
export function controlPlaneCommand(): Command {
  const command = new Command('control-plane').description(
    'prepare the production control plane: Temporal on PostgreSQL, Web UI and workers as containers',
  );
  const init = command
    .command('init')
    .description('write the settings of docker-compose.yml, with a new password for its PostgreSQL')
    .option('--file <path>', 'the env file (default: .env beside docker-compose.yml)')
    .addHelpText(
      'after',
      '\nWhat the file has already stays as it is.\nExample: dr control-plane init\nplain temporal: none; or copy .env.example to .env and fill it in\nExit code: 0 written, or complete already.',
    );
  act(init, async (context, _args, options) => {
    const { writeSettings } = await import('../production/settings.js');
    const written = writeSettings(options['file'] as string | undefined);
    // Names only: one of the values is a secret.
    if (context.json) context.out(toJson({ path: written.path, added: written.added }));
    else if (written.added.length === 0) context.out(`${written.path} is complete; nothing was changed.`);
    else context.out(`Written to ${written.path}: ${written.added.join(', ')}`);
    context.say('Next: `./dr control-plane build`, then `docker compose up -d --wait`.');
    return 0;
  });

  const build = command
    .command('build')
    .description('make the images that no registry has: Temporal, its PostgreSQL, the workers of this checkout')
    .addHelpText(
      'after',
      '\nThe first time it may build Temporal from source, some minutes; what did not change is left alone.\nExample: dr control-plane build\nplain temporal: none\nExit code: 0 every image is there.',
    );
  act(build, async (context) => {
    const { buildControlPlaneImages, controlPlaneImages } = await import('../production/images.js');
    try {
      await buildControlPlaneImages(context.say);
    } catch (error) {
      const { remedy } = error as { remedy?: string };
      throw new Fault('refused', (error as Error).message, remedy ?? 'Run scripts/setup, then try again.');
    }
    if (context.json) context.out(toJson(controlPlaneImages));
    else context.out(`Images: ${Object.values(controlPlaneImages).join(', ')}`);
    return 0;
  });
  return command;
}
