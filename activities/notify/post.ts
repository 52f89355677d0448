/** One POST, and what its answer means for another try. */
import { withLimit } from '../shared/limit';
import { redact } from '../shared/redact';
import { channelFailure } from './failure';

export interface Post {
  /** Who is asked, for sentences: never an address that is a secret. */
  what: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal;
  method?: 'POST' | 'GET';
}

/** Longest wait for an answer, milliseconds. */
const patienceMs = 10_000;
const longestWords = 300;

/**
 * Asks, and takes 2xx for yes. A redirect is a no: whoever is told a secret is named by the plan and not by an answer.
 * @returns the body of the answer
 * @throws DR-CHANNEL; retryable where another try may help: nobody answered, 408, 425, 429 or 5xx
 */
export async function post({ what, url, headers, body, signal, method = 'POST' }: Post): Promise<string> {
  try {
    return await withLimit(signal, patienceMs, async (limited) => {
      const sent = method === 'POST' ? { body } : {};
      const response = await fetch(url, { method, headers, ...sent, redirect: 'manual', signal: limited });
      const text = await response.text();
      if (response.ok) return text;
      const { status } = response;
      // Struck clean before it is cut: half a secret is one that nothing finds again.
      const words = redact(text).replace(/\s+/g, ' ').trim().slice(0, longestWords);
      throw channelFailure(
        `${what} answered with status ${status}${words ? `: ${words}` : ''}`,
        status >= 500 || [408, 425, 429].includes(status),
        askedPause(response.headers.get('retry-after')),
      );
    });
  } catch (error) {
    signal.throwIfAborted();
    if ((error as Error).name === 'ApplicationFailure') throw error;
    if ((error as Error).name === 'TimeoutError')
      throw channelFailure(`${what} did not answer within ${patienceMs / 1000} s`, true);
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    throw channelFailure(
      `${what} cannot be reached: ${cause?.code ?? cause?.message ?? (error as Error).message}`,
      true,
    );
  }
}

/** `Retry-After` in milliseconds, where it counts seconds (RFC 9110, 10.2.3); a date is left to our own pauses. */
const askedPause = (header: string | null): number | undefined =>
  header !== null && /^\d{1,5}$/.test(header.trim()) ? Number(header) * 1000 : undefined;
