/**
 * A psql that stays: starting a program in a container takes a tenth of a second and most of a processor, which is a large
 * part of the time nobody can write. One session per container and database, asked again and again, closed when nobody has
 * used it for a while.
 */
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { PassThrough } from 'node:stream';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { begun, engineOf, onEngine, patientEngineOf } from './engine';
import { resultOf, type ExecResult } from './exec';

/** A session that nobody used for this long is closed, milliseconds. Whoever watches a server asks in it every few seconds. */
const idleMs = 60_000;

/** How a request ended: with output, or with the end of the session and what psql said last. */
type Answer = { output: string } | { ended: ExecResult };

export class Session {
  private stdout = '';
  private stderr = '';
  private waiting: ((line: string | undefined) => void) | undefined;
  private nonce = '';
  private ended = false;
  private idle: NodeJS.Timeout | undefined;
  /** A request is under way; a session answers one at a time. */
  busy = false;
  /** Questions it was asked, this one not counted: a server that went away under an old session deserves a new one. */
  asked = 0;

  private constructor(
    private readonly site: Site,
    private readonly container: string,
    private readonly exec: string,
    private readonly stream: Duplex,
    private readonly onEnd: () => void,
  ) {
    const out = new PassThrough();
    const err = new PassThrough();
    out.on('data', (chunk: Buffer) => this.heard(chunk.toString('utf8')));
    err.on('data', (chunk: Buffer) => (this.stderr = (this.stderr + chunk.toString('utf8')).slice(-4000)));
    patientEngineOf(site).modem.demuxStream(stream, out, err);
    const over = (): void => {
      this.ended = true;
      this.close();
      this.answer(undefined);
    };
    stream.once('end', over);
    stream.once('close', over);
    stream.once('error', over);
  }

  /** Starts psql in a running container, as the server's own user, on its local socket. */
  static async open(site: Site, container: string, database: string, onEnd: () => void): Promise<Session> {
    return onEngine(site, `running psql in container ${container}`, async () => {
      const { id } = await engineOf(site)
        .getContainer(container)
        .exec({
          Cmd: ['psql', '-X', '-q', '-t', '-A', '-v', 'ON_ERROR_STOP=1', '-d', database],
          User: 'postgres',
          Env: ['PGCONNECT_TIMEOUT=5', 'PGAPPNAME=dr'],
          AttachStdin: true,
          AttachStdout: true,
          AttachStderr: true,
        });
      const stream = await begun(patientEngineOf(site).getExec(id).start({ hijack: true, stdin: true }));
      const session = new Session(site, container, id, stream, onEnd);
      session.touch();
      return session;
    });
  }

  /** Puts off the end of an idle session. */
  touch(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.close(), idleMs);
    this.idle.unref();
  }

  /**
   * Runs statements one after the other; the first that fails ends the session, as it would end `psql -c`.
   * @throws DR-TIMEOUT (retryable) when there is no answer in time; the session is closed then
   */
  async ask(statements: string[], timeoutMs: number, signal?: AbortSignal): Promise<Answer> {
    this.busy = true;
    this.touch();
    this.stdout = '';
    this.stderr = '';
    this.nonce = `dr-${randomUUID()}`;
    let limit: NodeJS.Timeout | undefined;
    const aborted = (): void => this.close();
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      const answer = new Promise<string | undefined>((resolve) => (this.waiting = resolve));
      const silence = new Promise<never>((_, reject) => {
        limit = setTimeout(() => {
          this.close();
          reject(
            drFailure('DR-TIMEOUT', `psql in ${this.container} did not end within ${timeoutMs} ms`, { retry: true }),
          );
        }, timeoutMs);
      });
      if (!this.ended) this.stream.write(`${statements.map((one) => `${one}\n;\n`).join('')}\\echo ${this.nonce}\n`);
      const output = this.ended ? undefined : await Promise.race([answer, silence]);
      signal?.throwIfAborted();
      if (output !== undefined) return { output };
      const { ExitCode } = await onEngine(this.site, `asking how psql in ${this.container} ended`, (engine) =>
        engine.getExec(this.exec).inspect(),
      );
      return { ended: await resultOf(this.site, ExitCode ?? -1, this.stdout, this.stderr) };
    } finally {
      clearTimeout(limit);
      signal?.removeEventListener('abort', aborted);
      this.busy = false;
      this.asked += 1;
    }
  }

  /** Whether it runs in this container. */
  isIn(site: Site, container: string): boolean {
    return container === this.container && JSON.stringify(site.engine) === JSON.stringify(this.site.engine);
  }

  /** Ends it; psql ends when its standard input does. */
  close(): void {
    clearTimeout(this.idle);
    this.onEnd();
    this.stream.destroy();
  }

  private heard(text: string): void {
    this.stdout += text;
    const end = this.nonce ? this.stdout.indexOf(`${this.nonce}\n`) : -1;
    if (end >= 0) this.answer(this.stdout.slice(0, end));
  }

  private answer(output: string | undefined): void {
    this.waiting?.(output);
    this.waiting = undefined;
  }
}

const sessions = new Map<string, Session>();
/** Sessions that are being opened: two who come at once share one start. */
const opening = new Map<string, Promise<Session>>();

const keyOf = (site: Site, container: string, database: string): string =>
  JSON.stringify([site.engine, container, database]);

/**
 * The session of a container and database; opened when there is none, so that it is ready for whoever asks next.
 * @throws DR-ENGINE when the engine does not start it
 */
export async function warm(site: Site, container: string, database: string): Promise<Session> {
  const key = keyOf(site, container, database);
  const known = sessions.get(key);
  if (known) {
    known.touch();
    return known;
  }
  const under = opening.get(key);
  if (under) return under;
  const made = Session.open(site, container, database, () => {
    if (sessions.get(key) === session) sessions.delete(key);
  });
  let session: Session | undefined;
  opening.set(key, made);
  try {
    session = await made;
    sessions.set(key, session);
    return session;
  } finally {
    opening.delete(key);
  }
}

/** Ends the sessions in a container: a server that is stopped in order must not wait for them. */
export function closeSessions(site: Site, container: string): void {
  for (const session of sessions.values()) if (session.isIn(site, container)) session.close();
}
