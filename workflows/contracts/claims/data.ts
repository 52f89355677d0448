/** Claims of what is backed up, and restored. */
import { certificatesResource, configurationResource, databaseResource, storeResource } from '../names';
import { inWindow, onPlatform, ran, why, type Claim } from './claim';
import { ofBundles, ofDatabase, ofStore } from './parts';

export function dataClaims(name: string): Claim[] {
  const common = { section: 'data', renewed: 'monthly', parts: ofDatabase(name) } as const;
  const resource = databaseResource(name);
  return [
    {
      ...common,
      id: `database.${name}.backupDatabase`,
      says: `Database ${name} is backed up, and the backup is read back with its WAL`,
      about: onPlatform(ran('backupDatabase', resource)),
      parts: (plan, run) => ({
        ...ofDatabase(name)(plan, run),
        'backups.database': plan.backups.database.filter((one) => one.database === name),
      }),
      prove: `./dr backup database ${name} ${why}`,
    },
    {
      ...common,
      id: `database.${name}.restoreTest`,
      says: `The newest backup of database ${name} can be restored, and holds what it should`,
      // A test plants a broken backup in its copy, and has the restore test fail there.
      about: onPlatform(ran('restoreTest', resource)),
      prove: `./dr test restore ${name} ${why}`,
    },
    {
      ...common,
      id: `database.${name}.pointInTimeRecovery`,
      says: `Database ${name} is recovered to a point in time`,
      about: ran('pointInTimeRecovery', resource),
      prove: `./dr test monthly ${why}`,
    },
  ];
}

export function storeClaims(name: string): Claim[] {
  const common = { section: 'data', renewed: 'monthly', parts: ofStore(name) } as const;
  return [
    {
      ...common,
      id: `store.${name}.backupRedis`,
      says: `Store ${name} is backed up`,
      about: onPlatform(ran('backupRedis', storeResource(name))),
      prove: `./dr backup store ${name} ${why}`,
    },
    {
      ...common,
      id: `store.${name}.restoreRedis`,
      says: `Store ${name} is restored from a backup`,
      renewed: 'quarterly',
      about: ran('restoreRedis', storeResource(name)),
      prove: inWindow(`./dr recover store ${name} ${why}`),
    },
  ];
}

export function bundleClaims(kind: 'configuration' | 'certificates'): Claim[] {
  const [backup, restore, resource] =
    kind === 'configuration'
      ? (['backupConfiguration', 'restoreConfiguration', configurationResource()] as const)
      : (['backupCertificates', 'restoreCertificates', certificatesResource()] as const);
  const of = kind === 'configuration' ? 'The configuration is' : 'The certificates are';
  const common = { section: 'data', parts: ofBundles(kind) } as const;
  return [
    {
      ...common,
      id: `${kind}.${backup}`,
      says: `${of} backed up`,
      renewed: 'monthly',
      about: onPlatform(ran(backup, resource)),
      prove: `./dr backup ${kind} ${why}`,
    },
    {
      ...common,
      id: `${kind}.${restore}`,
      says: `${of} restored from a bundle`,
      renewed: 'quarterly',
      about: ran(restore, resource),
      prove: inWindow(`./dr recover ${kind} ${why}`),
    },
  ];
}
