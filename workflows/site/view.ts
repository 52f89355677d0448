/** The plan as it is at another site: where that one has what the plan names for the primary site. Pure. */
import type { Database, Plan, Site } from '../../plan';

type Secret = Database['replication']['password'];

/** Why a site cannot take over; empty: it can. */
export function cannotTakeOver(plan: Plan, name: string): string[] {
  const site = plan.sites.find((one) => one.name === name);
  if (!site)
    return [
      `site ${JSON.stringify(name)} is not in the plan, which has: ${plan.sites.map((one) => one.name).join(', ')}`,
    ];
  if (site.role === 'primary') return [`site ${name} is the primary one: it has nothing to take over`];
  if (!site.takesOver) return [`site ${name} has no takesOver in the plan: nobody knows its ports and files`];
  return plan.databases
    .filter((one) => one.site !== name && !standInOf(site, one.name))
    .map((one) => `database ${one.name} has no stand-in at site ${name}`);
}

/** The service that takes the place of a database or store at a site. */
export const standInOf = (site: Site, replaces: string): Site['standIns'][number] | undefined =>
  site.standIns.find((one) => one.replaces === replaces);

/**
 * The plan with a backup site in the place of the primary one: its ports, files, secrets and servers. What works on the primary
 * site of a plan works at the backup site of this one.
 * @param to a site for which `cannotTakeOver` says nothing
 */
export function planAt(plan: Plan, to: Site): Plan {
  const home = plan.sites.find((one) => one.role === 'primary');
  const offset = to.takesOver?.portOffset ?? 0;
  const port = (value: number): number => value + offset;
  const path = (value: string): string => moved(to, value);
  const secret = (ref: Secret): Secret =>
    'envFile' in ref ? { ...ref, envFile: path(ref.envFile) } : 'file' in ref ? { file: path(ref.file) } : ref;
  const isHome = (site: string): boolean => site === home?.name;
  return {
    ...plan,
    sites: plan.sites.map((one) => ({ ...one, role: one.name === to.name ? 'primary' : 'backup' })),
    services: plan.services.map((one) => ({
      ...one,
      port: port(one.port),
      ...(one.site === undefined || !isHome(one.site) ? {} : { site: to.name }),
    })),
    databases: plan.databases.map((one): Database => {
      const standIn = standInOf(to, one.name);
      if (!standIn) return one;
      const { backup, pooler, clientPath, replication } = one;
      return {
        ...one,
        site: to.name,
        service: standIn.service,
        port: standIn.port ?? port(one.port),
        volumeVariable: standIn.volumeVariable ?? one.volumeVariable,
        standbys: [],
        replication: { ...replication, password: secret(replication.password) },
        backup: { ...backup, ...(backup.cipherPass ? { cipherPass: secret(backup.cipherPass) } : {}) },
        pooler: {
          ...pooler,
          port: port(pooler.port),
          adminPassword: secret(pooler.adminPassword),
          databasesFile: path(pooler.databasesFile),
        },
        clientPath: { ...clientPath, port: port(clientPath.port), password: secret(clientPath.password) },
      };
    }),
    stores: plan.stores
      .filter((one) => isHome(one.site))
      .map((one) => {
        const standIn = standInOf(to, one.name);
        return {
          ...one,
          site: to.name,
          port: standIn?.port ?? port(one.port),
          ...(standIn ? { service: standIn.service } : {}),
          ...(standIn?.volumeVariable === undefined ? {} : { volumeVariable: standIn.volumeVariable }),
          ...(one.password ? { password: secret(one.password) } : {}),
        };
      }),
    gateway: {
      ...plan.gateway,
      site: to.name,
      ports: { http: port(plan.gateway.ports.http), https: port(plan.gateway.ports.https) },
      certificates: path(plan.gateway.certificates),
      publicName: to.publicName ?? plan.gateway.publicName,
    },
    businessContinuity: reducedThere(plan.businessContinuity, path, secret),
  };
}

/** Every page is asked for with the pass of its own gateway, and that site's files make it serve less. */
function reducedThere(
  business: Plan['businessContinuity'],
  path: (value: string) => string,
  secret: (ref: Secret) => Secret,
): Plan['businessContinuity'] {
  const { reducedFunctionality: reduced } = business;
  if (!reduced.gateway) return business;
  const { directory, pass } = reduced.gateway;
  const gateway = { ...reduced.gateway, directory: path(directory), ...(pass ? { pass: secret(pass) } : {}) };
  return { ...business, reducedFunctionality: { ...reduced, gateway } };
}

/** A file of the primary site as the other site has it: below the longest directory that the plan moves. */
function moved(to: Site, value: string): string {
  const [found] = (to.takesOver?.directories ?? [])
    .filter(({ of }) => value === of || value.startsWith(`${of}/`))
    .sort((a, b) => b.of.length - a.of.length);
  return found ? `${found.here}${value.slice(found.of.length)}` : value;
}
