/**
 * `npm run down`: removes what `npm run demo` started, and nothing else. Runs it left open are aborted first; a control plane
 * that `./dr up` started goes on. Evidence and reports stay.
 */
import { platformDown } from '../../platform/lifecycle';
import { controlPlaneDown } from '../control-plane/down';
import { isOurs, readState } from '../control-plane/state';
import { demo, endLeft, withClient } from './left';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const control = readState();
  const own = control?.startedBy === demo;
  if (control && isOurs(control.supervisor, 'supervisor')) {
    // While The Shandi is still there to be put back in order.
    await withClient(control, (client) => endLeft(client, { everything: own }, say)).catch((error: unknown) =>
      say(`runs that were left open could not be ended: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
  if (own) await controlPlaneDown();
  say(
    !control
      ? 'no control plane ran'
      : own
        ? 'control plane stopped'
        : `the control plane at ${control.address} was started by ${control.startedBy} and goes on: ./dr down stops it`,
  );
  await platformDown({ project: 'shandi', log: say });
}

main().catch((error: unknown) => {
  say(`down failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
