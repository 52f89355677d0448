import { PassThrough } from 'node:stream';
import type { ContainerCreateOptions } from 'dockerode';
import type { Site } from '../../plan';
import { removeContainer } from './containers';
import { begun, engineOf, onEngine, patientEngineOf } from './engine';
import { resultOf, type ExecResult } from './exec';

export interface OneShot {
  /** Fixed name: a second try first removes what the first left, so two never run at once. */
  name: string;
  image: string;
  command: string[];
  user?: string;
  env?: string[];
  /** `volume:/path[:ro]` */
  binds: string[];
  labels: Record<string, string>;
  /** Default `none`. */
  network?: string;
  /** User-defined settings on top, e.g. memory. */
  host?: ContainerCreateOptions['HostConfig'];
  signal?: AbortSignal;
  onOutput?: (text: string) => void;
}

/** Runs one program in a container of its own and removes it, also when cancelled. Nothing is pulled. */
export async function runOneShot(site: Site, job: OneShot): Promise<ExecResult> {
  job.signal?.throwIfAborted();
  await removeContainer(site, job.name);
  return onEngine(site, `running ${job.command[0] ?? ''} in one-shot container ${job.name}`, async () => {
    const engine = patientEngineOf(site);
    const { id } = await engineOf(site).createContainer({
      name: job.name,
      Image: job.image,
      Entrypoint: job.command.slice(0, 1),
      Cmd: job.command.slice(1),
      ...(job.user ? { User: job.user } : {}),
      ...(job.env ? { Env: job.env } : {}),
      Labels: job.labels,
      AttachStdout: true,
      AttachStderr: true,
      HostConfig: { NetworkMode: job.network ?? 'none', Binds: job.binds, RestartPolicy: { Name: 'no' }, ...job.host },
    });
    const aborted = (): void => void removeContainer(site, job.name).catch(() => undefined);
    job.signal?.addEventListener('abort', aborted, { once: true });
    try {
      const container = engine.getContainer(id);
      const stream = await begun(container.attach({ stream: true, stdout: true, stderr: true }));
      const out = new PassThrough();
      const err = new PassThrough();
      let stdout = '';
      let stderr = '';
      out.on('data', (chunk: Buffer) => {
        stdout = (stdout + chunk.toString('utf8')).slice(-4_000_000);
        job.onOutput?.(chunk.toString('utf8'));
      });
      err.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(-4_000_000)));
      engine.modem.demuxStream(stream, out, err);
      const ended = new Promise<void>((resolve) => {
        stream.once('end', resolve);
        stream.once('close', resolve);
      });
      await engineOf(site).getContainer(id).start();
      const { StatusCode } = (await container.wait()) as { StatusCode: number };
      await ended;
      job.signal?.throwIfAborted();
      return await resultOf(site, StatusCode, stdout, stderr);
    } finally {
      job.signal?.removeEventListener('abort', aborted);
      await removeContainer(site, job.name);
    }
  });
}
