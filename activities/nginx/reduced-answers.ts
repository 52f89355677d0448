import type { ReducedAt, ReducedMode, ReducedPages } from '../../workflows/contracts/reduced';
import { gatewayUrl } from '../shared/http-health';
import { withLimit } from '../shared/limit';
import { findService } from '../shared/containers';
import { passHeaders } from '../shared/pass';

/** What the gateway answered for one page: the mode that answered in place of a service, or undefined. */
interface Answer {
  page: string;
  mode: string | undefined;
  status: number | undefined;
  retryAfter: boolean;
}

const patienceMs = 5_000;

async function ask(
  { gateway, site, reduced }: ReducedAt,
  page: string,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Answer> {
  try {
    return await withLimit(signal, patienceMs, async (limited) => {
      const response = await fetch(gatewayUrl(site, gateway, page), { signal: limited, redirect: 'manual', headers });
      await response.body?.cancel();
      return {
        page,
        mode: response.headers.get(reduced.modeHeader) ?? undefined,
        status: response.status,
        retryAfter: response.headers.has('retry-after'),
      };
    });
  } catch (error) {
    signal.throwIfAborted();
    // Slow is an answer: a service behind an open gateway may be down. Refused is none.
    const late = (error as Error).name === 'TimeoutError';
    return { page, mode: undefined, status: late ? 0 : undefined, retryAfter: false };
  }
}

/**
 * What clients get, against what they should get in a mode. Only who answers counts here, the gateway or what lies behind it:
 * whether a service is well is another question.
 * @param mode undefined: none is on
 * @returns `wrong`: the first thing that is not so; `asked` false: the gateway does not run
 */
export async function judgeAnswers(
  at: ReducedAt,
  mode: ReducedMode | undefined,
  pages: ReducedPages,
  signal: AbortSignal,
): Promise<{ asked: boolean; wrong?: string; says: string }> {
  const info = await findService(at.site, at.gateway.service);
  if (!info?.State.Running)
    return {
      asked: false,
      says: `${at.gateway.service} does not run; it looks for the file at every request once it does`,
    };
  const pass = await passHeaders(at.reduced);
  const [closed, open, passed] = await Promise.all([
    Promise.all((mode ? pages.closed : []).map((page) => ask(at, page, signal))),
    Promise.all((mode ? pages.open : [...pages.closed, ...pages.open]).map((page) => ask(at, page, signal))),
    Promise.all((mode && pass ? pages.closed.slice(0, 1) : []).map((page) => ask(at, page, signal, pass))),
  ]);
  const wrong = [
    ...closed.flatMap((one) =>
      one.mode === mode && one.status === 503 && one.retryAfter
        ? []
        : [
            `${one.page} is answered ${words(one)}, expected 503 with Retry-After and ${at.reduced.modeHeader}: ${mode ?? ''}`,
          ],
    ),
    ...[...open, ...passed].flatMap((one) => {
      if (one.status === undefined) return [`${one.page} is not answered: the gateway refuses the connection`];
      if (one.mode === undefined) return [];
      return [
        `${one.page} is answered ${words(one)}${passed.includes(one) ? ' although the pass was shown' : ''}, expected an answer of what lies behind`,
      ];
    }),
  ][0];
  if (wrong !== undefined) return { asked: true, wrong, says: wrong };
  return { asked: true, says: says(mode, pages, passed.length > 0) };
}

const words = ({ status, mode }: Answer): string =>
  `${status ?? 'by nobody'}${mode === undefined ? '' : ` by mode ${mode}`}`;

function says(mode: ReducedMode | undefined, { closed, open }: ReducedPages, passed: boolean): string {
  if (mode === undefined)
    return `clients reach what lies behind the gateway (${closed.length + open.length} pages asked)`;
  const kept = `clients get 503 for ${closed.length} page${closed.length === 1 ? '' : 's'}`;
  const rest = open.length > 0 ? `, and reach the essential services (${open.length} pages)` : '';
  return `${kept}${rest}${passed ? '; whoever shows the pass is let through' : ''}`;
}
