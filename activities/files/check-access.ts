import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SecretRef } from '../../plan';
import { problemOf } from '../../workflows/contracts/errors';
import type { AccessFacts } from '../../workflows/contracts/readiness';
import { withHeartbeat } from '../shared/heartbeat';
import { fromRoot } from '../shared/paths';
import { secret } from '../shared/secrets';

export interface CheckAccess {
  /** Where secrets are; never their values. */
  secrets: { what: string; reference: SecretRef }[];
  /** Files and directories that a recovery writes. */
  paths: { what: string; path: string }[];
}

/** Whether a recovery could read its secrets and write its files here. Reads and asks only: nothing is written. */
export async function checkAccess(args: CheckAccess): Promise<AccessFacts> {
  return withHeartbeat('looking at secrets and files', async () => ({
    secrets: await Promise.all(
      args.secrets.map(async ({ what, reference }) => {
        try {
          await secret(reference);
          return { what };
        } catch (error) {
          return { what, problem: problemOf(error).message };
        }
      }),
    ),
    paths: await Promise.all(args.paths.map(async (one) => ({ ...one, ...(await writable(fromRoot(one.path))) }))),
  }));
}

/** A file that is not there yet is made in its directory, or in the nearest that is there. */
async function writable(path: string): Promise<{ problem?: string }> {
  try {
    await access(path, constants.W_OK);
    return {};
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) return { problem: `cannot be written: ${code}` };
    return writable(parent);
  }
}
