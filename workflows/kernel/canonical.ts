import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** JSON with sorted keys: the same facts give the same text, whatever order they were built in. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value as Record<string, unknown>)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
}

/**
 * Hash of a card: its facts and the run they were shown under. The run id is part of it because `temporal workflow reset`
 * re-applies old updates: bound to facts alone, a card would approve itself again in the new execution.
 */
export function cardHash(runId: string, gate: string, opening: number, facts: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson({ runId, gate, opening, facts })))).slice(0, 12);
}
