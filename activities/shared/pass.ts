import type { ReducedGateway } from '../../plan';
import { secret } from './secrets';

/** What a request shows to be let through while clients are kept out; undefined where the plan names no pass. */
export async function passHeaders(reduced: ReducedGateway): Promise<Record<string, string> | undefined> {
  return reduced.pass ? { [reduced.passHeader]: await secret(reduced.pass) } : undefined;
}
