import type { Site } from '../../plan';
import { onEngine } from './engine';
import { redacted } from './redact';

/** The end of a container's log as text, without secrets; empty when there is none to read. */
export async function containerLog(
  site: Site,
  container: string,
  options: { tail: number; timestamps?: boolean },
): Promise<string> {
  return readLog(site, container, options).catch(() => '');
}

/** The same; fails when the engine does not hand it out. @throws DR-ENGINE */
export async function readLog(
  site: Site,
  container: string,
  options: { tail: number; timestamps?: boolean },
): Promise<string> {
  const { tail, timestamps = false } = options;
  const raw = await onEngine(site, `reading the log of container ${container}`, (engine) =>
    engine.getContainer(container).logs({ stdout: true, stderr: true, tail, timestamps }),
  );
  return redacted(site, withoutHeaders(raw).toString('utf8'));
}

/** The engine puts eight bytes before each chunk: the stream's number and, in the last four, the chunk's length. */
function withoutHeaders(raw: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length;) {
    const end = at + 8 + raw.readUInt32BE(at + 4);
    chunks.push(raw.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(chunks);
}
