import { escapeLiteral } from 'pg';
import type { Site } from '../../plan';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { slotOf } from '../../workflows/contracts/members';
import { databaseContainer } from '../shared/database-container';
import { psql } from '../shared/psql';
import { secret } from '../shared/secrets';

/** How a standby reaches its primary. */
export interface Upstream {
  /** Docker network that a one-shot container joins to reach it. */
  network: string;
  /** libpq connection string without the password (PostgreSQL manual 34.1.1). */
  conninfo: string;
  password: string;
  /** Slot of the standby on the primary. */
  slot: string;
}

/**
 * How a member reaches the primary: by its service name in their common network, or, from another engine, by the address of
 * the primary's machine and its published port.
 * @param primary the database with the roles as they are, at the site of its primary
 * @throws DR-DATABASE-DOWN when the primary has no container or no network
 */
export async function upstreamOf(primary: DatabaseAt, member: { service: string; site: Site }): Promise<Upstream> {
  const { database, site } = primary;
  const info = await databaseContainer(primary);
  const network = Object.keys(info.NetworkSettings.Networks)[0];
  if (!network)
    throw drFailure('DR-DATABASE-DOWN', `the primary ${database.service} is in no network: no standby can reach it`);
  // Two engines behind sockets are on the worker's own machine, hence the same network.
  const sockets = 'socketPath' in site.engine && 'socketPath' in member.site.engine;
  const near = sockets || JSON.stringify(site.engine) === JSON.stringify(member.site.engine);
  if (!near && 'socketPath' in site.engine)
    throw drFailure(
      'DR-STANDBY',
      `standby ${member.service} at site ${member.site.name} cannot reach the primary: the engine of site ${site.name} has no address in the plan, only a socket`,
    );
  const host = near || 'socketPath' in site.engine ? database.service : site.engine.host;
  const port = near ? 5432 : database.port;
  const words = { host, port, user: database.replication.user, application_name: member.service };
  return {
    network: near ? network : 'bridge',
    conninfo: Object.entries(words)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
    password: await secret(database.replication.password),
    slot: slotOf(member.service),
  };
}

/**
 * Makes the primary ready for a standby: its slot, so that no WAL the standby needs is recycled, and a checkpoint, without
 * which pg_rewind takes a freshly promoted primary for the old one ("no rewind required"). Safe to repeat.
 */
export async function prepareUpstream(primary: DatabaseAt, slot: string, signal: AbortSignal): Promise<void> {
  const { Id } = await databaseContainer(primary);
  const name = escapeLiteral(slot);
  await psql(
    primary.site,
    Id,
    [
      `DO $dr$ BEGIN
         IF NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = ${name}) THEN
           PERFORM pg_create_physical_replication_slot(${name}, true);
         END IF;
       END $dr$`,
      'CHECKPOINT',
    ],
    { signal, timeoutMs: 300_000 },
  );
}

/** Lines of postgresql.auto.conf by which a standby finds its primary. They hold the password: never log them. */
export const upstreamSettings = ({ conninfo, password, slot }: Upstream): string[] => [
  `primary_conninfo = ${literal(`${conninfo} password=${quoted(password)}`)}`,
  `primary_slot_name = ${literal(slot)}`,
];

/** A value of a configuration file (PostgreSQL manual 20.1.2). */
export const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A value of a connection string (PostgreSQL manual 34.1.1.1). */
const quoted = (value: string): string => `'${value.replace(/([\\'])/g, '\\$1')}'`;
