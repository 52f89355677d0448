/** What of the plan a site's worker must be able to read and to write. Pure. */
import type { CheckAccess } from '../../activities/files';
import type { Plan, Site } from '../../plan';

/** Secrets and files that recovery uses at a site, each once. */
export function accessOf(plan: Plan, site: Site): CheckAccess {
  const here = <T extends { site: string }>(all: T[]): T[] => all.filter((one) => one.site === site.name);
  const primary = site.role === 'primary';
  const gateway = plan.businessContinuity.reducedFunctionality.gateway;
  const secrets: CheckAccess['secrets'] = [
    ...here(plan.databases).flatMap(({ name, backup, replication, pooler, clientPath }) => [
      ...(backup.cipherPass
        ? [{ what: `pass phrase of the repository of ${name}`, reference: backup.cipherPass }]
        : []),
      { what: `password of replication of ${name}`, reference: replication.password },
      { what: `password of the pooler of ${name}`, reference: pooler.adminPassword },
      { what: `password of the clients of ${name}`, reference: clientPath.password },
    ]),
    ...here(plan.stores).flatMap(({ name, password }) =>
      password ? [{ what: `password of store ${name}`, reference: password }] : [],
    ),
    ...(primary ? [{ what: 'identity that opens the bundles', reference: plan.backups.identity }] : []),
    ...(primary && gateway?.pass ? [{ what: 'pass of the gateway', reference: gateway.pass }] : []),
  ];
  const paths: CheckAccess['paths'] = [
    { what: 'env file', path: site.compose.envFile },
    ...here(plan.databases).map(({ name, pooler }) => ({
      what: `databases file of the pooler of ${name}`,
      path: pooler.databasesFile,
    })),
    ...(primary ? [{ what: 'directory of the backups', path: plan.backups.directory }] : []),
    ...(plan.gateway.site === site.name ? [{ what: 'certificates', path: plan.gateway.certificates }] : []),
    ...(plan.gateway.site === site.name && gateway
      ? [{ what: 'directory of the modes of the gateway', path: gateway.directory }]
      : []),
  ];
  return { secrets, paths };
}
