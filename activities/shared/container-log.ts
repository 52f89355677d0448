import type { Site } from '../../plan';
import { engineOf } from './engine';
import { redacted } from './redact';

/** The end of a container's log as text, without secrets; empty when there is none to read. */
export async function containerLog(
  site: Site,
  container: string,
  options: { tail: number; timestamps?: boolean },
): Promise<string> {
  const raw = await engineOf(site)
    .getContainer(container)
    .logs({ stdout: true, stderr: true, tail: options.tail, timestamps: options.timestamps ?? false })
    .catch(() => Buffer.alloc(0));
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
