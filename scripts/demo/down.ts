/** `npm run down`: removes what `npm run demo` started, and nothing else. Evidence and reports stay. */
import { platformDown } from '../../platform/lifecycle';
import { controlPlaneDown } from '../control-plane/down';

async function main(): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const stopped = await controlPlaneDown();
  say(stopped ? 'control plane stopped' : 'no control plane ran');
  await platformDown({ project: 'shandi', log: say });
}

main().catch((error: unknown) => {
  process.stdout.write(`down failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
