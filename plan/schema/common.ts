import { z } from 'zod';

const NAME = "a name of lower-case letters, digits and '-', beginning with a letter, at most 40 characters";

/** A name that can stand in a workflow id (`recover.database.<name>`) and in a Docker name. */
export const name = z.string({ error: NAME }).regex(/^[a-z][a-z0-9-]{0,39}$/, { error: NAME });

const TEXT = 'text that is not empty';

/** Text for people. */
export const text = z.string({ error: TEXT }).trim().min(1, { error: TEXT });

const PORT = 'a port number from 1 to 65535';

/** A TCP port published on the machine of the site. */
export const port = z.int({ error: PORT }).min(1, { error: PORT }).max(65_535, { error: PORT });

const PATH = 'a path, absolute or relative to the root directory of the plan';

/** A path on the machine of the site's worker; a relative one starts at the root directory of the plan. */
export const path = z.string({ error: PATH }).min(1, { error: PATH });

const ABSOLUTE = "an absolute path, beginning with '/'";

/** A path inside a container. */
export const absolutePath = z.string({ error: ABSOLUTE }).regex(/^\//, { error: ABSOLUTE });

const HOST = 'a host name or address without a port';

/** A host name or an address. */
export const host = z.string({ error: HOST }).regex(/^[A-Za-z0-9:._-]+$/, { error: HOST });

const VARIABLE = 'the name of an environment variable: capital letters, digits and _';

/** The name of an environment variable. */
export const variable = z.string({ error: VARIABLE }).regex(/^[A-Z_][A-Z0-9_]*$/, { error: VARIABLE });

/** What is demanded wherever a secret stands. */
export const BY_REFERENCE =
  'a reference to the secret and not the secret itself: { envFile, key }, { env } or { file }';

const VOLUME = 'the name of a Docker volume: letters, digits and _ . -';

/** The name of a Docker volume. */
export const volume = z.string({ error: VOLUME }).regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, { error: VOLUME });

const IDENTIFIER = 'a plain PostgreSQL identifier: lower-case letters, digits and _, beginning with a letter';

/**
 * A PostgreSQL name that needs no quoting (PostgreSQL manual 4.1.1). Other names are refused, so that nothing of the plan
 * can change the meaning of a statement.
 */
export const identifier = z.string({ error: IDENTIFIER }).regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: IDENTIFIER });

const PROCEDURE = "the name of a procedure, such as 'pointInTimeRecovery'";

/** The name of a procedure (a Temporal workflow type). */
export const procedure = z.string({ error: PROCEDURE }).regex(/^[a-z][A-Za-z0-9]*$/, { error: PROCEDURE });

const PHONE = "a phone number with its country code, such as '+1-555-0123'";

/** A phone number with its country code. */
export const phone = z.string({ error: PHONE }).regex(/^\+\d[\d -]{5,}$/, { error: PHONE });

/** How often something is done. */
export const cadence = z.enum(['daily', 'weekly', 'monthly', 'quarterly', 'annually']);

/**
 * Where a secret is found; never the secret itself. It is read where it is used and appears in no input, result, log or
 * report.
 */
export const secretRef = z.union(
  [
    z.strictObject({
      envFile: path.describe('File of KEY=value lines that holds the secret.'),
      key: variable.describe('Key of the secret in that file.'),
    }),
    z.strictObject({ env: variable.describe("Variable of the worker's environment that holds the secret.") }),
    z.strictObject({ file: path.describe('File that holds nothing but the secret (a Docker or Kubernetes secret).') }),
  ],
  { error: BY_REFERENCE },
);

/** Where a secret is found: a key of an env file, a variable of the worker's environment, or a file. */
export type SecretRef = z.output<typeof secretRef>;
