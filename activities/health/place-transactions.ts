import { createHash } from 'node:crypto';
import type { Gateway, ReducedGateway, Site, Transaction } from '../../plan';
import type { TransactionAnswer } from '../../workflows/contracts/system';
import { withHeartbeat } from '../shared/heartbeat';
import { gatewayUrl, passOf } from '../shared/http-health';
import { withLimit } from '../shared/limit';
import { redacted } from '../shared/redact';

export interface PlaceTransactions {
  gateway: Gateway;
  site: Site;
  transactions: Transaction[];
  /** Names the run: the ids of its transactions follow from it, so a second try sends the same ones. */
  key: string;
  /** Where a mode of reduced functionality keeps clients out, the pass of the plan is shown. */
  reduced?: ReducedGateway | undefined;
}

/** A business transaction writes to the database: longer than a look. */
const patienceMs = 10_000;

/**
 * Places business transactions through the gateway as a client does, one after the other because one may refer to another,
 * and reads each back.
 * @returns how each ended; one that was refused is an answer
 */
export async function placeTransactions(args: PlaceTransactions): Promise<TransactionAnswer[]> {
  return withHeartbeat('placing business transactions', async (beat, signal) => {
    const answers: TransactionAnswer[] = [];
    const pass = (await passOf(args.reduced))?.headers ?? {};
    for (const one of args.transactions) {
      beat({ what: 'transaction', text: one.name });
      const began = Date.now();
      const said = await place(args, pass, one, signal);
      answers.push({ name: one.name, ...said, afterMs: Date.now() - began });
    }
    return answers;
  });
}

async function place(
  { gateway, site, key }: PlaceTransactions,
  pass: Record<string, string>,
  { method, path, body, status, readBack }: Transaction,
  signal: AbortSignal,
): Promise<{ ok: boolean; says: string }> {
  const ask = async (page: string, init: RequestInit): Promise<{ status: number; text: string }> =>
    withLimit(signal, patienceMs, async (limited) => {
      const response = await fetch(gatewayUrl(site, gateway, withIds(page, key)), { ...init, signal: limited });
      return { status: response.status, text: await response.text() };
    });
  try {
    const sent = await ask(path, {
      method,
      headers: { 'content-type': 'application/json', ...pass },
      body: withIds(JSON.stringify(body), key),
    });
    if (!status.includes(sent.status))
      return { ok: false, says: await words(site, `${method} ${path} was answered ${sent.status}: ${sent.text}`) };
    if (readBack === undefined) return { ok: true, says: `status ${sent.status}` };
    const back = await ask(readBack, { headers: pass });
    if (back.status >= 200 && back.status < 300)
      return { ok: true, says: `status ${sent.status}, and it was read back` };
    return {
      ok: false,
      says: await words(site, `acknowledged, and ${readBack} is answered ${back.status}: ${back.text}`),
    };
  } catch (error) {
    signal.throwIfAborted();
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    return { ok: false, says: `${method} ${path}: ${cause?.code ?? (error as Error).message}`.slice(0, 300) };
  }
}

const words = async (site: Site, text: string): Promise<string> =>
  (await redacted(site, text.replace(/\s+/g, ' ').trim())).slice(0, 300);

/** Puts the ids of a run in the place of `$id:NAME`. */
export const withIds = (text: string, key: string): string =>
  text.replace(/\$id:([a-z][a-z0-9-]*)/g, (_, name: string) => idOf(key, name));

/** A UUID of version 8 (RFC 9562: made as its maker likes) that follows from the run and the name alone. */
function idOf(key: string, name: string): string {
  const hex = createHash('sha256').update(`${key} ${name}`).digest('hex');
  const variant = ((parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}
