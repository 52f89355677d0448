/** `backup.info` of pgBackRest as text, and the checksum that it carries. Pure functions. */
import { createHash } from 'node:crypto';

/**
 * The same file with every backup made earlier by so many seconds, and with the checksum that it then needs.
 * @returns undefined when the text is not as pgBackRest writes it: its own checksum does not fit
 */
export function agedInfo(text: string, seconds: number): string | undefined {
  if (checksum(text) !== recorded(text)) return undefined;
  const aged = text.replace(
    /"backup-timestamp-(start|stop)":(\d+)/g,
    (_, which: string, at: string) => `"backup-timestamp-${which}":${Number(at) - seconds}`,
  );
  return aged.replace(/^backrest-checksum=.*$/m, `backrest-checksum="${checksum(aged)}"`);
}

const recorded = (text: string): string | undefined => /^backrest-checksum="([0-9a-f]{40})"$/m.exec(text)?.[1];

/** SHA-1 over the entries as one JSON text, without the checksum itself (pgBackRest, info/info.c). */
function checksum(text: string): string {
  const sections: { name: string; entries: string[] }[] = [];
  for (const line of text.split('\n')) {
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) sections.push({ name: header, entries: [] });
    const at = line.indexOf('=');
    const key = line.slice(0, at);
    if (header === undefined && at > 0 && key !== 'backrest-checksum')
      sections.at(-1)?.entries.push(`"${key}":${line.slice(at + 1)}`);
  }
  const written = sections
    .filter(({ entries }) => entries.length > 0)
    .map(({ name, entries }) => `"${name}":{${entries.join(',')}}`);
  return createHash('sha1')
    .update(`{${written.join(',')}}`)
    .digest('hex');
}
