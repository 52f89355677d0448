import { z } from 'zod';
import { positiveDuration } from './duration';
import { absolutePath, host, name, path, port, secretRef, variable } from './common';

const FAILS = 'a whole number of failures from 1 to 100';

/** A store beside the databases. */
export const store = z.strictObject({
  name: name.describe('Name of the resource: store.<name>.'),
  kind: z.literal('redis').describe('Kind of the store.'),
  site: name.describe('Site it runs on in peace.'),
  service: name.describe('Compose service.'),
  port: port.describe('Port published on the machine of the site.'),
  volumeVariable: variable.describe(
    "Key of the site's env file that names its data volume: Docker cannot rename a volume, so a restore changes that line.",
  ),
  dataDirectory: absolutePath
    .prefault('/data')
    .describe('Where that volume is mounted in the container. Default /data.'),
  damagedVolumeRetention: positiveDuration
    .prefault('7d')
    .describe('How long a volume that a restore has replaced is kept. Default 7d.'),
  tier: z.string({ error: 'the name of a tier' }).describe('Tier whose objectives it must meet.'),
  password: secretRef.optional().describe('Password of the default user. Default: none is asked for.'),
});

/** The gateway that all clients come through. */
export const gateway = z.strictObject({
  kind: z.literal('nginx').describe('Program of the gateway.'),
  service: name.describe('Compose service.'),
  site: name.describe('Site it runs on in peace.'),
  ports: z
    .strictObject({ http: port.describe('Port for HTTP.'), https: port.describe('Port for HTTPS.') })
    .describe('Ports published on the machine of the site.'),
  upstreams: z.array(name).min(1, { error: 'at least one service' }).describe('Services it passes requests to.'),
  maxFails: z
    .int({ error: FAILS })
    .min(1, { error: FAILS })
    .max(100, { error: FAILS })
    .prefault(3)
    .describe('Failed requests after which an upstream server is left out for failTimeout.'),
  failTimeout: positiveDuration.prefault('30s').describe('How long a failed upstream server is left out.'),
  certificates: path.describe('Directory with the TLS certificate and its key.'),
  publicName: host.describe('Public DNS name of the platform.'),
});

/** A store beside the databases (Redis). */
export type Store = z.output<typeof store>;
/** The gateway that all clients come through; durations in milliseconds. */
export type Gateway = z.output<typeof gateway>;
