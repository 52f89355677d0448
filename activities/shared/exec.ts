import { PassThrough } from 'node:stream';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { begun, engineOf, onEngine, patientEngineOf } from './engine';
import { redacted } from './redact';

export interface ExecResult {
  exitCode: number;
  /** Of a program that failed: without secrets, because it will be quoted. */
  stdout: string;
  /** Without secrets. */
  stderr: string;
}

export interface ExecOptions {
  user?: string;
  /** `NAME=value`; secrets may be here: they are never logged or quoted. */
  env?: string[];
  signal?: AbortSignal;
  /** Milliseconds after which we stop waiting (default 60 000). The program itself may outlive us: docker exec has no kill. */
  timeoutMs?: number;
  /** For the program's standard input. */
  input?: string | Buffer;
  onOutput?: (text: string) => void;
}

/** Output beyond this many characters is cut from the front: the end of a log says what went wrong. */
const keep = 4_000_000;

/** Runs a program in a running container, arguments as an array: no shell reads them. */
export async function execIn(
  site: Site,
  container: string,
  command: string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  options.signal?.throwIfAborted();
  return onEngine(site, `running ${command[0] ?? ''} in container ${container}`, async () => {
    const engine = patientEngineOf(site);
    const { id } = await engineOf(site)
      .getContainer(container)
      .exec({
        Cmd: command,
        AttachStdout: true,
        AttachStderr: true,
        AttachStdin: options.input !== undefined,
        ...(options.user ? { User: options.user } : {}),
        ...(options.env ? { Env: options.env } : {}),
      });
    const hijack = options.input !== undefined;
    const stream = await begun(engine.getExec(id).start({ hijack, stdin: hijack }));
    const out = new PassThrough();
    const err = new PassThrough();
    let stdout = '';
    let stderr = '';
    out.on('data', (chunk: Buffer) => {
      stdout = (stdout + chunk.toString('utf8')).slice(-keep);
      options.onOutput?.(chunk.toString('utf8'));
    });
    err.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(-keep)));
    engine.modem.demuxStream(stream, out, err);
    if (options.input !== undefined) {
      stream.write(options.input);
      stream.end();
    }
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(
        () =>
          finish(
            drFailure(
              'DR-TIMEOUT',
              `${command[0] ?? ''} in ${container} did not end within ${options.timeoutMs ?? 60_000} ms`,
              { retry: true },
            ),
          ),
        options.timeoutMs ?? 60_000,
      );
      const aborted = (): void => finish(options.signal?.reason as Error);
      const finish = (error?: Error): void => {
        clearTimeout(limit);
        options.signal?.removeEventListener('abort', aborted);
        if (error) {
          stream.destroy();
          reject(error);
        } else resolve();
      };
      options.signal?.addEventListener('abort', aborted, { once: true });
      stream.once('end', () => finish());
      stream.once('close', () => finish());
      stream.once('error', (error: Error) => finish(error));
    });
    const { ExitCode } = await engineOf(site).getExec(id).inspect();
    return resultOf(site, ExitCode ?? -1, stdout, stderr);
  });
}

/** What a program left behind. Output of one that went well is data and stays as it is. */
export async function resultOf(site: Site, exitCode: number, stdout: string, stderr: string): Promise<ExecResult> {
  return {
    exitCode,
    stdout: exitCode === 0 ? stdout : await redacted(site, stdout),
    stderr: await redacted(site, stderr),
  };
}
