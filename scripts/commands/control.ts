import { Command } from 'commander';
import { act } from '../lib/act';
import { toJson } from '../lib/context';
import { Fault } from '../lib/fault';
import { quoted } from '../lib/plain';

/** Spelled out, because the help must not wait for the contracts to be loaded; a test holds them to `searchAttributeNames`. */
const attributes = ['DrProcedure', 'DrResource', 'DrState', 'DrTier', 'DrVerdict', 'DrPlanHash'];
const exampleServer = [
  ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', '7233', '--ui-port', '8233'],
  ...['--db-filename', '.dr/temporal.sqlite'],
  ...attributes.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
];
const plain = {
  up: (server: string[]): string =>
    `plain temporal: temporal ${server.map(quoted).join(' ')}\nplain temporal: none for the workers; node --import tsx workers/control.ts, and workers/site.ts SITE for each site of the plan`,
  down: 'plain temporal: none; a server that `temporal server start-dev` started ends with its process (Ctrl-C)',
  doctor: 'plain temporal: none; temporal operator cluster health asks only whether the server answers',
};

/** `up`, `down`, `doctor`: the embedded control plane and the machine it runs on. */
export function controlCommands(): Command[] {
  const up = new Command('up')
    .description('start the embedded control plane: Temporal development server, its Web UI, the workers')
    .addHelpText(
      'after',
      `\nRunning already is fine; runs under way go on where they were. For production run a Temporal server of your own and name it with TEMPORAL_ADDRESS.\nExample: dr up\n${plain.up(exampleServer)}\nExit code: 0 ready, 8 it did not come up.`,
    );
  act(up, async (context) => {
    const { controlPlaneUp } = await import('../control-plane/up.js');
    try {
      const state = await controlPlaneUp(context.say);
      if (context.json) context.out(toJson({ address: state.address, namespace: state.namespace, uiUrl: state.uiUrl }));
      else context.out(`Temporal  ${state.address}\nWeb UI    ${state.uiUrl}`);
      context.say(plain.up((await import('../control-plane/processes.js')).temporalServer().args));
      return 0;
    } catch (error) {
      throw new Fault('unreachable', (error as Error).message, 'See what is missing with `./dr doctor`.');
    }
  });

  const down = new Command('down')
    .description('stop the embedded control plane; runs are kept and go on at the next start')
    .addHelpText(
      'after',
      `\nIt also ends one that \`npm run demo\` started.\nExample: dr down\n${plain.down}\nExit code: 0 stopped, or nothing ran.`,
    );
  act(down, async (context) => {
    const { controlPlaneDown } = await import('../control-plane/down.js');
    const stopped = await controlPlaneDown();
    if (context.json) context.out(toJson({ stopped }));
    else
      context.out(
        stopped
          ? 'The control plane is stopped. Runs under way go on at the next `./dr up`.'
          : 'No control plane was running.',
      );
    context.say(plain.down);
    return 0;
  });

  const doctor = new Command('doctor')
    .description('look at what this machine has and lacks; changes nothing')
    .addHelpText(
      'after',
      `\nExample: dr doctor --json\n${plain.doctor}\nExit code: 0 everything is there, otherwise something is missing (each line says how to mend it).`,
    );
  act(doctor, async (context) => {
    const { doctor: look } = await import('../doctor.js');
    const code = await look({ json: context.json });
    context.say(plain.doctor);
    return code;
  });
  return [up, down, doctor];
}
