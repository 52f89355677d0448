/**
 * Values of an environment have no place in files that are kept as evidence: whatever a key is called, what it holds may be a
 * secret. The names are kept, since they say how the service was set up. Pure.
 */
import { formsOf, redact } from '../shared/redact';

/** What stands in the place of a value. */
export const valueMark = '[value]';
/** A shorter value is found in every text, and is struck out only where it stands as the value. */
const longerThan = 8;

interface WithEnv {
  Config?: { Env?: string[] | null } | null;
  ContainerConfig?: { Env?: string[] | null } | null;
}

/** The description of a container or an image, with the names of its environment alone. */
export function namesOnly<T extends WithEnv>(info: T): T {
  const strike = <C extends { Env?: string[] | null } | null | undefined>(config: C): C =>
    config?.Env ? { ...config, Env: config.Env.map((line) => `${nameOf(line)}=${valueMark}`) } : config;
  return {
    ...info,
    ...(info.Config ? { Config: strike(info.Config) } : {}),
    ...(info.ContainerConfig ? { ContainerConfig: strike(info.ContainerConfig) } : {}),
  };
}

/** The history of an image, without the values that its build was given. @param env of the image: tells names from parts of a value */
export function historyWithoutValues(history: unknown, env: string[]): unknown {
  if (!Array.isArray(history)) return history;
  const known = new Set(env.map(nameOf));
  return history.map((layer: Record<string, unknown>) =>
    typeof layer['CreatedBy'] === 'string' ? { ...layer, CreatedBy: instruction(layer['CreatedBy'], known) } : layer,
  );
}

function instruction(text: string, known: Set<string>): string {
  const [, head, given] = /^((?:\/bin\/sh -c )?(?:#\(nop\)\s*)?ENV)\s+([^]*)$/.exec(text) ?? [];
  if (head !== undefined && given !== undefined) {
    const names = [...given.matchAll(/(?:^|\s)([^\s=]+)=/g)].flatMap(([, name]) => name ?? []);
    return [head, ...names.filter((name) => known.has(name)).map((name) => `${name}=${valueMark}`)].join(' ');
  }
  return text
    .replace(/^((?:\/bin\/sh -c )?(?:#\(nop\)\s*)?ARG\s+[^\s=]+)=[^]*$/, `$1=${valueMark}`)
    .replace(/^((?:RUN )?\|\d+ )[^]*?(?=\/bin\/(?:ba|a)?sh )/, `$1${valueMark} `);
}

/**
 * Strikes the values of an environment out of a text, in every form in which they may be printed.
 * @param env `NAME=value` @param open a value that is no secret: the name of the service itself, which every line of its log may have
 */
export function withoutValues(env: string[], open: string): (text: string) => string {
  const forms = env
    .map((line) => line.slice(nameOf(line).length + 1))
    .filter((value) => value.length > longerThan && value !== open)
    // A part that is a known secret is struck out already.
    .flatMap((value) => [...formsOf(value), ...formsOf(redact(value))]);
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((clean, form) => clean.replaceAll(form, valueMark), redact(text));
}

const nameOf = (line: string): string => line.split('=', 1)[0] ?? '';
