/**
 * The servers of a database. The plan says which one is the primary in peace; after a failover another one is. Everything
 * that works on "the database" is given its entry of the plan with the roles as they are now, and needs to know no more.
 */
import type { Database, Standby } from '../../plan';

/** A server of the database: its compose service, site, published port, and the variable that names its volume. */
export type Member = Standby;

/** The server that the plan calls primary, then its standbys. */
export function membersOf(database: Database): Member[] {
  const { service, site, port, volumeVariable } = database;
  return [{ service, site, port, volumeVariable }, ...database.standbys];
}

/**
 * The database's entry with the roles as they are: `service` is the primary, every other member a standby.
 * @returns undefined when no member has that service
 */
export function withPrimary(database: Database, service: string): Database | undefined {
  const members = membersOf(database);
  const primary = members.find((one) => one.service === service);
  if (!primary) return undefined;
  return { ...database, ...primary, standbys: members.filter((one) => one !== primary) };
}

/** Name of the replication slot of a member on whichever server is its primary (PostgreSQL allows a-z, 0-9 and _). */
export const slotOf = (service: string): string => service.toLowerCase().replace(/[^a-z0-9_]/g, '_');
