import { randomUUID } from 'node:crypto';
import { HttpError } from './http';

/** The body as an object that has all of `names`; a 400 that names the first missing one otherwise. */
export function fields(body: unknown, names: string[]): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new HttpError(400, `the body has to be a JSON object with ${names.join(', ')}`);
  const given = body as Record<string, unknown>;
  for (const name of names) if (given[name] === undefined) throw new HttpError(400, `'${name}' is missing in the body`);
  return given;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The id the client chose for what it sends, or a new one. The client's own id makes sending it again harmless. */
export function requestId(given: Record<string, unknown>): string {
  const id = given['id'];
  if (id === undefined) return randomUUID();
  if (typeof id !== 'string' || !UUID.test(id)) throw new HttpError(400, `'id' has to be a UUID in lower case`);
  return id;
}

export function wholeNumber(given: Record<string, unknown>, name: string): number {
  const value = given[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new HttpError(400, `'${name}' has to be a whole number of 0 or more`);
  return value;
}

/** `?limit=` between 1 and 500, by default 50. */
export function limit(query: URLSearchParams): number {
  const value = Number(query.get('limit') ?? 50);
  return Number.isInteger(value) && value > 0 ? Math.min(value, 500) : 50;
}
