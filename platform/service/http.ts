import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A request as a role sees it: path parameters resolved, body parsed. */
export interface Call {
  method: string;
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  /** The parsed JSON body; undefined when there was none. */
  body: unknown;
  headers: IncomingMessage['headers'];
}

export interface Reply {
  status: number;
  /** Sent as JSON; a string is sent as plain text. */
  body: unknown;
  headers?: Record<string, string>;
}

/** `path` may hold parameters (`/api/orders/:id`) and may end in `/*`, which takes everything below. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | '*';
  path: string;
  handle: (call: Call) => Promise<Reply>;
}

/** An error with the answer it deserves. Anything else becomes a 500 without details. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const MAX_BODY = 256 * 1024;

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new HttpError(413, `the body is larger than ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new HttpError(400, 'the body is not JSON');
  }
}

/** Path parameters when `path` fits the pattern, otherwise undefined. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  const open = wanted.at(-1) === '*';
  if (open ? given.length < wanted.length - 1 : given.length !== wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    if (open && i === wanted.length - 1) break;
    const value = given[i] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return params;
}

function send(response: ServerResponse, reply: Reply): void {
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  const type = typeof reply.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(reply.status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    ...reply.headers,
  });
  response.end(text);
}

/**
 * An HTTP server over routes.
 *
 * @param toReply turns an error of a handler into an answer
 * @param observe is told route, status and seconds of every request
 */
export function serve(
  routes: Route[],
  toReply: (error: unknown) => Reply,
  observe: (route: string, status: number, seconds: number) => void,
): Server {
  const answer = async (request: IncomingMessage): Promise<{ route: string; reply: Reply }> => {
    const url = new URL(request.url ?? '/', 'http://service');
    let known = false;
    for (const route of routes) {
      const params = match(route.path, url.pathname);
      if (!params) continue;
      known = true;
      if (route.method !== '*' && route.method !== request.method) continue;
      try {
        const body = request.method === 'GET' ? undefined : await readBody(request);
        const call = { method: request.method ?? 'GET', path: url.pathname, params, query: url.searchParams, body };
        return { route: route.path, reply: await route.handle({ ...call, headers: request.headers }) };
      } catch (error) {
        return { route: route.path, reply: toReply(error) };
      }
    }
    return known
      ? { route: 'other', reply: { status: 405, body: { error: `${request.method} is not allowed here` } } }
      : { route: 'other', reply: { status: 404, body: { error: `there is nothing at ${url.pathname}` } } };
  };
  return createServer((request, response) => {
    const began = process.hrtime.bigint();
    answer(request)
      .then(({ route, reply }) => {
        observe(route, reply.status, Number(process.hrtime.bigint() - began) / 1e9);
        send(response, reply);
      })
      .catch(() => response.destroy());
  });
}
