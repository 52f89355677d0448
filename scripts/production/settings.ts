/** The settings that `docker-compose.yml` of the production control plane takes from an env file. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { planPath } from '../../activities/evidence/pin-plan';
import { drHome, fromRoot, root } from '../../activities/shared/paths';
import { ports } from '../control-plane/processes';
import { Fault } from '../lib/fault';

/** Where Compose looks without being told. */
export const settingsFile = (): string => join(root(), '.env');

const engineSocket = '/var/run/docker.sock';

export interface WrittenSettings {
  path: string;
  /** Names that were added; what is there already is never changed. */
  added: string[];
  settings: Record<string, string>;
}

/**
 * Writes the settings of a production control plane on this machine, mode 0600: a password of its own for its PostgreSQL, where
 * plan and state are, whom the files belong to. Safe to repeat: a value that is there stays, because the password is that of the
 * databases.
 *
 * @throws Fault when there is no Docker socket, or the file cannot be read or written
 */
export function writeSettings(path = settingsFile()): WrittenSettings {
  const file = resolve(path);
  try {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const known = parseEnv(text) as Record<string, string>;
    const settings = { ...wanted(), ...known };
    const added = Object.keys(settings).filter((name) => known[name] === undefined);
    const lines = added.map((name) => `${name}=${settings[name]}\n`).join('');
    mkdirSync(dirname(file), { recursive: true });
    // Made before Docker would make it, as root's.
    mkdirSync(settings['DR_HOME'] ?? drHome(), { recursive: true });
    if (lines) {
      const draft = `${file}.${process.pid}`;
      writeFileSync(draft, `${text}${text && !text.endsWith('\n') ? '\n' : ''}${lines}`, { mode: 0o600 });
      renameSync(draft, file);
    }
    return { path: file, added, settings };
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('refused', `The settings ${file} cannot be written: ${(error as Error).message}.`);
  }
}

function wanted(): Record<string, string> {
  const { server, ui } = ports();
  return {
    DR_ROOT: root(),
    DR_HOME: drHome(),
    DR_PLAN: inside(planPath()),
    DR_USER: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
    DR_DOCKER_GROUP: String(groupOfEngine()),
    DR_TEMPORAL_PORT: String(server),
    DR_TEMPORAL_UI_PORT: String(ui),
    DR_POSTGRESQL_PASSWORD: randomBytes(24).toString('hex'),
  };
}

/** A plan that a worker cannot see would be no plan: it is in one of the two folders that are mounted. */
function inside(plan: string): string {
  const within = (folder: string): boolean => !relative(folder, plan).startsWith('..');
  if (within(root())) return relative(root(), plan);
  if (within(drHome())) return plan;
  throw new Fault(
    'input',
    `DR_PLAN is "${process.env['DR_PLAN']}", which is ${plan}: the workers see ${root()} and ${drHome()} only.`,
    `Put the plan below ${fromRoot('plan')}.`,
  );
}

function groupOfEngine(): number {
  try {
    return statSync(engineSocket).gid;
  } catch {
    throw new Fault(
      'refused',
      `There is no Docker engine at ${engineSocket} on this machine, and the site workers are to work beside one.`,
      'Run scripts/setup, or start the engine.',
    );
  }
}
