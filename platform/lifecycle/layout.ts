import { join } from 'node:path';

/** Port variable of the compose file → port of the plan. */
export const PORTS = {
  API_GATEWAY_PORT: 8000,
  AUTH_SERVICE_PORT: 8001,
  PROPERTY_SERVICE_PORT: 8002,
  MENU_SERVICE_PORT: 8003,
  INVENTORY_SERVICE_PORT: 8004,
  CUSTOMER_SERVICE_PORT: 8005,
  ORDER_SERVICE_PORT: 8006,
  PAYMENT_SERVICE_PORT: 8007,
  LOYALTY_SERVICE_PORT: 8008,
  STAFF_SERVICE_PORT: 8009,
  CALENDAR_SERVICE_PORT: 8010,
  ANALYTICS_SERVICE_PORT: 8011,
  AI_SERVICE_PORT: 8012,
  COMMUNICATION_SERVICE_PORT: 8013,
  CONTENT_SERVICE_PORT: 8014,
  NGINX_PORT: 8080,
  NGINX_TLS_PORT: 8443,
  POSTGRES_PORT: 5432,
  STANDBY_PORT: 5433,
  PGBOUNCER_PORT: 6432,
  REDIS_PORT: 6379,
} as const;

export type PortName = keyof typeof PORTS;

/** The compose files by what they are for. */
export type Stack = 'prod' | 'backup' | 'test' | 'drill';

/** Compose project of a platform's backup site, as the plan has it. */
export const backupProject = (project: string): string => `${project}-backup`;

/** Added to the ports of the backup site while it shares a machine with the primary one, as the plan has it (`takesOver`). */
export const backupPortOffset = 500;

/** Label of everything a platform owns outside compose (its volumes); its value is the project. */
export const PLATFORM_LABEL = 'dr.platform';

export const PLATFORM_DIRECTORY = join(__dirname, '..');

/** Where the mutable files of a running platform are: env file, certificates, pooler and Redis configuration. */
export function stateDirectory(project: string): string {
  return join(PLATFORM_DIRECTORY, 'state', project);
}

/** Where the backups of stores and configuration are, as the plan has it. */
export function backupDirectory(project: string): string {
  return join(PLATFORM_DIRECTORY, 'backups', project);
}

/** The key pair of the bundles: apart from the state, which is in them, and from the backups. */
export function keyDirectory(project: string): string {
  return join(PLATFORM_DIRECTORY, 'keys', project);
}

export function composeFile(stack: Stack): string {
  return join(PLATFORM_DIRECTORY, 'compose', `docker-compose.${stack}.yml`);
}

export function envFile(project: string): string {
  return join(stateDirectory(project), '.env');
}

/** @throws when it is not a name compose takes and a directory can have */
export function checkProject(project: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(project))
    throw new Error(
      `the project name '${project}' cannot be used: expected lower-case letters, digits and '-', at most 40 characters`,
    );
  return project;
}
