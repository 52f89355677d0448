import { PassThrough } from 'node:stream';
import type { Site } from '../../plan';
import { onEngine, patientEngineOf } from '../shared/engine';

export interface FollowedLog {
  /** Everything the container has printed so far. */
  text: () => string;
  /** Resolves at the next output, or when the container has stopped printing. */
  more: () => Promise<void>;
  ended: () => boolean;
  close: () => void;
}

/** Follows a container's log from its beginning: what the server says is known at once, without asking again and again. */
export async function followLog(site: Site, container: string): Promise<FollowedLog> {
  return onEngine(site, `reading the log of ${container}`, async () => {
    const engine = patientEngineOf(site);
    const stream = (await engine
      .getContainer(container)
      .logs({ follow: true, stdout: true, stderr: true })) as unknown as NodeJS.ReadableStream & { destroy(): void };
    let text = '';
    let ended = false;
    let wake = (): void => undefined;
    const out = new PassThrough();
    out.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      wake();
    });
    const end = (): void => {
      ended = true;
      wake();
    };
    stream.on('end', end);
    stream.on('close', end);
    stream.on('error', end);
    engine.modem.demuxStream(stream, out, out);
    return {
      text: () => text,
      more: () => (ended ? Promise.resolve() : new Promise<void>((resolve) => (wake = resolve))),
      ended: () => ended,
      close: () => stream.destroy(),
    };
  });
}
