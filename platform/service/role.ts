import { Database } from './database';
import type { Route } from './http';
import type { Metrics } from './metrics';
import { Redis } from './redis';

/** What a role may use. `database` and `redis` are made only for roles that need them. */
export interface Tools {
  database: Database;
  redis: Redis;
  metrics: Metrics;
}

/** One check of a dependency: resolves when it can be used, fails with the reason when not. */
export type Check = () => Promise<void>;

/** One of the fifteen services. */
export interface Role {
  /** The tables it cannot work without: its health says so when one is gone. Empty: it does not use the database. */
  tables: string[];
  redis: boolean;
  /** Further dependencies by name. */
  checks?: (tools: Tools) => Record<string, Check>;
  routes: (tools: Tools) => Route[];
  /** Work of its own besides requests. Returns how to stop it. */
  start?: (tools: Tools) => () => void;
}

/** Connections by the environment: `PG*` for the database, `REDIS_*` for Redis. Nothing is connected before it is used. */
export function tools(metrics: Metrics): Tools {
  const { REDIS_HOST = 'redis', REDIS_PORT = '6379', REDIS_PASSWORD = '' } = process.env;
  return { database: new Database(), redis: new Redis(REDIS_HOST, Number(REDIS_PORT), REDIS_PASSWORD), metrics };
}
