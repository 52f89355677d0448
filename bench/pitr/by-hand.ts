import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { totalmem } from 'node:os';
import { composeFile, envFile } from '../../platform/lifecycle/layout';
import { between, phaseNames, type Phase, type PhaseTimes } from './phases';
import type { Stand } from './stand';

let running: ChildProcess | undefined;

/** Ends a script that is under way, with everything it started. */
export function stopByHand(): void {
  if (running?.pid === undefined || running.exitCode !== null) return;
  try {
    process.kill(-running.pid, 'SIGKILL');
  } catch {
    // It ended by itself in this very moment.
  }
}

/**
 * Recovers once by the script, from its start to the client's write.
 * @param round makes names of volume and container
 * @throws Error with the end of what the script said
 */
export async function recoverByHand(stand: Stand, round: number): Promise<PhaseTimes> {
  const { database } = stand;
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    PROJECT: stand.project,
    COMPOSE_FILE: composeFile('prod'),
    ENV_FILE: envFile(stand.project),
    DATABASE: database.database,
    DATA_DIRECTORY: database.dataDirectory,
    DATA_VARIABLE: database.volumeVariable,
    STANZA: database.backup.stanza,
    REPOSITORY_VOLUME: database.backup.repositoryVolume,
    REPOSITORY_PATH: database.backup.repositoryPath,
    BACKUP: stand.backup,
    TARGET: stand.target.replace('T', ' ').replace('Z', '+00'),
    VOLUME: `${stand.project}_pgdata_pitr_hand${round}`,
    COPY: `${stand.project}-pitr-hand${round}`,
    // The orchestrator gives its copy a quarter of the memory, at most 4 GB; so does a person who knows that it helps.
    SHARED_BUFFERS: `${Math.min(4096, Math.max(128, Math.floor(totalmem() / 4 / 1_048_576)))}MB`,
    SERVER_PORT: String(database.port),
    BUSINESS_QUERIES: database.businessQueries.map((one) => `${one.sql};`).join('\n'),
    HEARTBEAT: database.heartbeatTable,
    PGBACKREST_REPO1_CIPHER_PASS: stand.env['PGBACKREST_REPO1_CIPHER_PASS'],
    ADMIN_PASSWORD: stand.env['PGBOUNCER_ADMIN_PASSWORD'],
    CLIENT_PASSWORD: stand.env['PG_PASSWORD'],
  };
  const began = Date.now();
  const said = await runScript(env);
  const ends = new Map<Phase, number>();
  for (const [, name, seconds] of said.matchAll(/^end (\S+) (\d+\.\d+)$/gm))
    if (phaseNames.includes(name as Phase)) ends.set(name as Phase, Number(seconds) * 1000);
  return between(began, ends);
}

function runScript(env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    // A process group of its own, so that an interrupted bench can end whatever program the script waits for.
    const child = spawn('bash', [join(__dirname, 'by-hand.sh')], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running = child;
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-4000)));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(out);
      const last = out.trim().split('\n').at(-1) ?? 'nothing';
      reject(new Error(`the script by hand ended with ${code ?? signal} after "${last}": ${err.trim().slice(-1000)}`));
    });
  });
}
