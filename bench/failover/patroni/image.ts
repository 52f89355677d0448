import { join } from 'node:path';
import { run } from '../../../platform/run';
import { LABEL } from '../containers';

export const patroniImage = 'shandi/bench-patroni:1';

/** Builds the image from the platform's PostgreSQL and Debian's packages; Docker's cache makes the second time short. */
export async function buildPatroniImage(): Promise<void> {
  // The host's network: name resolution inside a build container depends on a resolver the container may not reach.
  const args = ['build', '--network', 'host', '--label', LABEL, '-t', patroniImage, join(__dirname, 'context')];
  await run('docker', args, { timeoutMs: 15 * 60_000 });
}
