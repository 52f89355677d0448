import { createHash } from 'node:crypto';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { secret } from '../shared/secrets';

/** Environment that lets pgBackRest read an encrypted repository; empty when the plan names no pass phrase. */
export async function cipherEnv(at: DatabaseAt): Promise<string[]> {
  const reference = at.database.backup.cipherPass;
  return reference ? [`PGBACKREST_REPO1_CIPHER_PASS=${await secret(reference)}`] : [];
}

/** Short hash of parameters, for a label: tells a finished earlier try from something made with other parameters. */
export function specHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
