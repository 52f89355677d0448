/** The HTTP endpoint that Prometheus asks. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressText, type Address } from './address';
import { Sheet } from './sheet';

/** Fills a sheet with what one part of the worker knows. */
export type Collector = (sheet: Sheet) => Promise<void>;

export interface Endpoint {
  /** Where it listens; undefined while somebody else has the port. */
  address: () => Address | undefined;
  stop: () => void;
}

export interface EndpointOptions {
  collectors: Collector[];
  /** Text of others that is told with it, already in the format of Prometheus; empty: none. */
  others?: (sheet: Sheet) => Promise<string>;
  log?: (level: 'info' | 'warn', message: string) => void;
  /** Pause before a port that is taken is tried again, milliseconds. */
  againMs?: number;
}

/**
 * Answers `GET /metrics`. A port that is taken is said and tried again: a worker that cannot be watched still recovers, and that
 * nobody answers there is what Prometheus sees. Keeps no process alive.
 * @param at port 0: any free one
 */
export function serveMetrics(at: Address, options: EndpointOptions): Endpoint {
  const { log = () => undefined, againMs = 5_000 } = options;
  const server = createServer((request, response) => void answer(request, response, options));
  server.headersTimeout = 5_000;
  let [again, said, stopped]: [NodeJS.Timeout | undefined, boolean, boolean] = [undefined, false, false];
  server.on('listening', () =>
    log('info', `metrics are answered at http://${addressText(whereOf(server) ?? at)}/metrics`),
  );
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (!said)
      log(
        'warn',
        `metrics cannot be answered at ${addressText(at)}: ${error.code ?? error.message}; it is tried again`,
      );
    said = true;
    if (!stopped) again = setTimeout(() => server.listen(at.port, at.host), againMs).unref();
  });
  server.listen(at.port, at.host).unref();
  return {
    address: () => whereOf(server),
    stop: () => {
      stopped = true;
      clearTimeout(again);
      server.close();
      server.closeAllConnections();
    },
  };
}

function whereOf(server: Server): Address | undefined {
  const at = server.address() as AddressInfo | null;
  return at ? { host: at.address, port: at.port } : undefined;
}

async function answer(request: IncomingMessage, response: ServerResponse, options: EndpointOptions): Promise<void> {
  const plain = { 'content-type': 'text/plain; charset=utf-8' };
  const path = request.url?.split('?')[0];
  if (path !== '/metrics') return void response.writeHead(404, plain).end('metrics are at /metrics\n');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return void response.writeHead(405, { ...plain, allow: 'GET, HEAD' }).end('ask with GET\n');
  try {
    const sheet = new Sheet();
    const [others = ''] = await Promise.all([options.others?.(sheet), ...options.collectors.map((one) => one(sheet))]);
    const text = `${await sheet.text()}${others}`;
    response.writeHead(200, { 'content-type': sheet.contentType }).end(text);
  } catch (error) {
    options.log?.('warn', `metrics could not be told: ${(error as Error).message}`);
    // Why is in the log: who asks may be anybody on that network.
    response.writeHead(500, plain).end('the metrics could not be told; the log of the worker says why\n');
  }
}
