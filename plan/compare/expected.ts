import type { Plan } from '../schema';
import type { Health, Service } from '../schema/services';
import type { Site } from '../schema/sites';

/** What the plan says about one Compose service of a site. */
export interface ExpectedService {
  /** Where the plan says it, such as `services[0]`. */
  path: string;
  /** Compose service. */
  name: string;
  /** Published ports, with the place in the plan of each. */
  ports: { path: string; port: number }[];
  health?: Health;
  /** Compose services it must wait for; each entry lists names that are as good as each other. */
  dependsOn?: string[][];
  mounts: ExpectedMount[];
}

/** What the plan says about one volume of a Compose service. */
export interface ExpectedMount {
  path: string;
  /** Directory in the container. Undefined: any. */
  target?: string;
  /** Name of the volume. */
  volume?: string;
  /** Variable of the env file that names the volume. */
  variable?: string;
}

/** The services that run on a site in peace: what must be in its Compose file, with all that the plan knows about it. */
export function expectedServices(plan: Plan, site: Site): ExpectedService[] {
  const here = (name: string | undefined): boolean =>
    name === undefined ? site.role === 'primary' : name === site.name;
  const services = plan.services.flatMap((service, index) =>
    here(service.site) ? [expectedService(plan, service, `services[${index}]`)] : [],
  );
  const stores = plan.stores.flatMap((store, index): ExpectedService[] => {
    const path = `stores[${index}]`;
    const ports = [{ path: `${path}.port`, port: store.port }];
    return here(store.site)
      ? [
          {
            path,
            name: store.service,
            ports,
            mounts: [{ path: `${path}.volumeVariable`, target: store.dataDirectory, variable: store.volumeVariable }],
          },
        ]
      : [];
  });
  const { gateway } = plan;
  const gateways: ExpectedService[] = here(gateway.site)
    ? [
        {
          path: 'gateway',
          name: gateway.service,
          ports: [
            { path: 'gateway.ports.http', port: gateway.ports.http },
            { path: 'gateway.ports.https', port: gateway.ports.https },
          ],
          dependsOn: gateway.upstreams.map((name) => [name]),
          mounts: [],
        },
      ]
    : [];
  return [...services, ...databaseServices(plan, here), ...stores, ...gateways];
}

function expectedService(plan: Plan, service: Service, path: string): ExpectedService {
  return {
    path,
    name: service.name,
    ports: [{ path: `${path}.port`, port: service.port }],
    health: service.health,
    dependsOn: service.dependsOn.map((name) => composeNames(plan, name)),
    mounts: [],
  };
}

/** The Compose services that a dependency stands for. A database is reached through its pooler. */
function composeNames(plan: Plan, name: string): string[] {
  const database = plan.databases.find((item) => item.name === name);
  if (database) return [database.pooler.service, database.service];
  const store = plan.stores.find((item) => item.name === name);
  return [store?.service ?? name];
}

function databaseServices(plan: Plan, here: (site: string) => boolean): ExpectedService[] {
  return plan.databases.flatMap((database, index) => {
    const path = `databases[${index}]`;
    const { pooler, backup, dataDirectory: target } = database;
    const primary: ExpectedService[] = [
      {
        path,
        name: database.service,
        ports: [{ path: `${path}.port`, port: database.port }],
        mounts: [
          { path: `${path}.volumeVariable`, target, variable: database.volumeVariable },
          { path: `${path}.backup.repositoryVolume`, target: backup.repositoryPath, volume: backup.repositoryVolume },
        ],
      },
      {
        path: `${path}.pooler`,
        name: pooler.service,
        ports: [{ path: `${path}.pooler.port`, port: pooler.port }],
        mounts: [],
      },
    ];
    const standbys = database.standbys.map((standby, number): ExpectedService & { site: string } => {
      const at = `${path}.standbys[${number}]`;
      const mounts = [{ path: `${at}.volumeVariable`, target, variable: standby.volumeVariable }];
      return {
        path: at,
        name: standby.service,
        ports: [{ path: `${at}.port`, port: standby.port }],
        mounts,
        site: standby.site,
      };
    });
    return [...(here(database.site) ? primary : []), ...standbys.filter((standby) => here(standby.site))];
  });
}
