/** What of an env file is no configuration but state: procedures change it, and a bundle may be older than the last change. */
import type { Database, Plan, Site } from '../../plan';
import type { EnvFileAt, StatefulVariable } from '../contracts/bundle';

/** Every env file of the plan's sites, with the variables in it that procedures change. */
export const envFiles = (plan: Plan): EnvFileAt[] =>
  plan.sites.map((site) => ({ path: site.compose.envFile, site, stateful: statefulVariables(plan, site) }));

/** Variables of a site's env file that name volumes, or the server that services are sent to. */
export function statefulVariables({ databases, stores }: Plan, site: Site): StatefulVariable[] {
  const found = [
    ...databases.flatMap((database) => ofDatabase(database, site)),
    ...stores
      .filter((store) => store.site === site.name)
      .map((store) =>
        volume(store.volumeVariable, `volume of store ${store.name}`, store.service, store.dataDirectory),
      ),
    ...site.standIns.flatMap(({ replaces, service, volumeVariable }) => {
      const directory = [...databases, ...stores].find((one) => one.name === replaces)?.dataDirectory;
      if (volumeVariable === undefined || directory === undefined) return [];
      return [volume(volumeVariable, `volume of ${service}, which stands in for ${replaces}`, service, directory)];
    }),
  ];
  // A line of an env file has one value, however many say what it is for.
  return found.filter((one, index) => found.findIndex((other) => other.variable === one.variable) === index);
}

function ofDatabase(database: Database, site: Site): StatefulVariable[] {
  const { name, service, dataDirectory, volumeVariable, standbys, addressedBy, pooler } = database;
  return [
    ...(database.site === site.name
      ? [volume(volumeVariable, `volume of database ${name}`, service, dataDirectory)]
      : []),
    ...standbys
      .filter((one) => one.site === site.name)
      .map((one) => volume(one.volumeVariable, `volume of standby ${one.service}`, one.service, dataDirectory)),
    ...(database.site === site.name
      ? addressedBy.map(({ variable, services }) => ({
          variable,
          what: `server of database ${name} for ${services.join(', ')}`,
          pooler: { databasesFile: pooler.databasesFile, database: pooler.database },
        }))
      : []),
  ];
}

const volume = (variable: string, what: string, service: string, directory: string): StatefulVariable => ({
  variable,
  what,
  mounted: { service, directory },
});
