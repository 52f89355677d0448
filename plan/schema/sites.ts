import { z } from 'zod';
import { host, name, path, port, text, variable } from './common';
import { positiveDuration } from './duration';

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
  port: port
    .optional()
    .describe('Port published on the machine of that site. Default: that of what it replaces, moved.'),
  volumeVariable: variable.optional().describe("Key of the site's env file that names its data volume. Default: none."),
});

const OFFSET = 'a whole number from 0 to 60000';

/** Where a backup site has what the plan names for the primary site. Whatever is not said here is the same on both. */
export const takesOver = z.strictObject({
  portOffset: z
    .int({ error: OFFSET })
    .min(0, { error: OFFSET })
    .max(60_000, { error: OFFSET })
    .prefault(0)
    .describe('Added to every port that the plan names. Default 0: the site has a machine of its own.'),
  directories: z
    .array(
      z.strictObject({
        of: path.describe('Directory of the primary site.'),
        here: path.describe('Directory of this site that holds the same files.'),
      }),
    )
    .prefault([])
    .describe(
      'Files below `of` (env file, secrets, databases file of the pooler, certificates) are here below `here`.',
    ),
});

const COMMAND = 'a program with its arguments, at least the program';

/** How clients are sent to another site. */
export const traffic = z.discriminatedUnion(
  'driver',
  [
    z.strictObject({
      driver: z.literal('manual').describe('A person changes the record; the run says which and waits.'),
      record: host.describe('Public name that clients use.'),
      ttl: positiveDuration.prefault('60s').describe('How long resolvers keep the record. Default 60s.'),
      page: trafficPage().optional().describe('Page that proves the change. Default: only the name is resolved.'),
    }),
    z.strictObject({
      driver: z.literal('command').describe('A program changes the record.'),
      record: host.describe('Public name that clients use.'),
      ttl: positiveDuration.prefault('60s').describe('How long resolvers keep the record. Default 60s.'),
      command: z
        .array(text, { error: COMMAND })
        .min(1, { error: COMMAND })
        .describe(
          "Program and arguments, run without a shell by the worker of the site that takes over, in the plan's directory. {record}, {target} and {site} stand for the public name, that of the site, and the site. It must be safe to run twice.",
        ),
      timeout: positiveDuration.prefault('1m').describe('Longest time it may take. Default 1m.'),
      page: trafficPage().optional().describe('Page that proves the change. Default: only the name is resolved.'),
    }),
  ],
  { error: "a driver, 'manual' or 'command'" },
);

function trafficPage() {
  return z.strictObject({
    host: host.describe('Where it is asked for: the public name, or the address of whatever stands before the sites.'),
    port: port.describe('Port it is asked for.'),
    path: z
      .string({ error: "a path that begins with '/'" })
      .regex(/^\/\S*$/, { error: "a path that begins with '/'" })
      .describe('Page that answers 2xx.'),
    tls: z
      .boolean({ error: 'true or false' })
      .prefault(false)
      .describe('Ask by TLS; the certificate must be good for the public name. Default false.'),
  });
}

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
  takesOver: takesOver
    .optional()
    .describe('Where this backup site has what the primary site has. Default: it cannot take over.'),
  publicName: host.optional().describe('Public DNS name under which the site answers, if it has one.'),
});

/** One place that can fail as a whole: a Docker engine, a Compose project, a site worker. */
export type Site = z.output<typeof site>;
/** A service of a backup site that takes the place of a database or store. */
export type StandIn = z.output<typeof standIn>;
/** How a Docker engine is reached: by its Unix socket, or by TLS. */
export type Engine = z.output<typeof engine>;
/** Where a backup site has what the plan names for the primary site. */
export type TakesOver = z.output<typeof takesOver>;
/** How clients are sent to another site; durations in milliseconds. */
export type Traffic = z.output<typeof traffic>;
