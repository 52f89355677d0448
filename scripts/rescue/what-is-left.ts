import { bundleBackupSchema } from '../../workflows/contracts/bundle';
import { moment } from '../../workflows/contracts/words';
import { readRecords } from '../../activities/shared/backup-files';
import { fromRoot } from '../../activities/shared/paths';
import { describeSecret, secret } from '../../activities/shared/secrets';
import { join } from 'node:path';
import type { Plan } from '../../plan';

/** What a recovery that has lost everything else can begin from. */
export interface Left {
  /** Whether the key that opens the bundles can be read here. */
  key: boolean;
  /** Where the plan says it is, in words. */
  keyAt: string;
  directory: string;
  /** Newest finished bundle of each kind, if there is one. */
  bundles: { kind: 'configuration' | 'certificates'; label: string; takenAt: string }[];
}

/** Looks for the bundles of the plan and the key that opens them. Changes nothing and never fails: what is missing is said. */
export async function whatIsLeft({ backups }: Plan): Promise<Left> {
  const newest = async (kind: 'configuration' | 'certificates'): Promise<Left['bundles']> => {
    const [found] = await readRecords(join(fromRoot(backups.directory), kind), bundleBackupSchema).catch(() => []);
    return found ? [{ kind, label: found.label, takenAt: found.takenAt }] : [];
  };
  const [key, ...bundles] = await Promise.all([
    secret(backups.identity).then(
      () => true,
      () => false,
    ),
    newest('configuration'),
    newest('certificates'),
  ]);
  return { key, keyAt: describeSecret(backups.identity), directory: backups.directory, bundles: bundles.flat() };
}

/** A line for each thing, for a person. */
export function leftLines({ key, keyAt, directory, bundles }: Left): string[] {
  const of = (kind: string): string => {
    const found = bundles.find((one) => one.kind === kind);
    return found
      ? `Newest bundle of ${kind}: ${found.label}, of ${moment(found.takenAt)}`
      : `No bundle of ${kind} in ${directory}: what is lost of it cannot be put back`;
  };
  return [
    of('configuration'),
    of('certificates'),
    key ? `The key of the bundles can be read (${keyAt})` : `The key of the bundles cannot be read: ${keyAt}`,
  ];
}
