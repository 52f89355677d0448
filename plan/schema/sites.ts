import { z } from 'zod';
import { host, name, path, port, variable } from './common';

const PROJECT = "a Compose project name: lower-case letters, digits, '-' and '_', beginning with a letter or digit";

/** How the site's worker reaches the Docker engine. */
export const engine = z.union(
  [
    z.strictObject({ socketPath: path.describe("Unix socket of the engine, such as '/var/run/docker.sock'.") }),
    z.strictObject({
      host: host.describe('Host of an engine that listens with TLS.'),
      port: port.describe('Port of that engine, 2376 by custom.'),
      tls: z
        .strictObject({
          ca: path.describe('Certificate of the authority, PEM file.'),
          cert: path.describe('Client certificate, PEM file.'),
          key: path.describe('Private key of the client certificate, PEM file.'),
        })
        .describe('TLS files. An engine without TLS gives root to everyone who reaches it, so it is not accepted.'),
    }),
  ],
  { error: 'a Docker engine: { socketPath } or { host, port, tls: { ca, cert, key } }' },
);

/** A service of a backup site that takes the place of a resource of the primary site and has a name of its own. */
export const standIn = z.strictObject({
  replaces: name.describe('Database or store whose place it takes.'),
  service: name.describe('Compose service on this site.'),
  volumeVariable: variable.optional().describe("Key of the site's env file that names its data volume. Default: none."),
});

/** One place that can fail as a whole. */
export const site = z.strictObject({
  name: name.describe('Name of the site; its worker listens on the task queue dr-site-<name>.'),
  role: z.enum(['primary', 'backup']).describe('primary: where the platform runs in peace. backup: where it can run.'),
  engine: engine.describe('Docker engine of the site.'),
  compose: z
    .strictObject({
      project: z
        .string({ error: PROJECT })
        .regex(/^[a-z0-9][a-z0-9_-]*$/, { error: PROJECT })
        .describe('Compose project; containers are found by its label.'),
      file: path.describe('Compose file of the site.'),
      envFile: path.describe('Env file given to Compose; holds ports, volume names and secrets.'),
    })
    .describe('Compose project that makes up the platform on this site.'),
  standIns: z
    .array(standIn)
    .prefault([])
    .describe('Services that take the place of a database or store. They are not rebuilt in peace, unlike standbys.'),
  publicName: host.optional().describe('Public DNS name under which the site answers, if it has one.'),
});

/** One place that can fail as a whole: a Docker engine, a Compose project, a site worker. */
export type Site = z.output<typeof site>;
/** A service of a backup site that takes the place of a database or store. */
export type StandIn = z.output<typeof standIn>;
/** How a Docker engine is reached: by its Unix socket, or by TLS. */
export type Engine = z.output<typeof engine>;
