import { Agent, request } from 'node:http';
import { HttpError, type Call, type Reply } from '../http';
import type { Role } from '../role';

/** First path part below /api → where it is answered. */
const TARGETS: Record<string, [service: string, port: number]> = {
  auth: ['auth-service', 8001],
  properties: ['property-service', 8002],
  menus: ['menu-service', 8003],
  inventory: ['inventory-service', 8004],
  customers: ['customer-service', 8005],
  orders: ['order-service', 8006],
  payments: ['payment-service', 8007],
  loyalty: ['loyalty-service', 8008],
  staff: ['staff-service', 8009],
  calendar: ['calendar-service', 8010],
  analytics: ['analytics-service', 8011],
  recommendations: ['ai-service', 8012],
  messages: ['communication-service', 8013],
  content: ['content-service', 8014],
};

/** What stays open in reduced functionality mode (MAINTENANCE_MODE=true): the plan's essential services. */
const ESSENTIAL = new Set(['auth-service', 'order-service', 'payment-service']);
// Longer than a service may wait for a connection and an answer of the database (5 s each).
const TIMEOUT_MS = 12_000;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function hasId(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'id' in body;
}

function forward(host: string, port: number, method: string, path: string, call?: Call, retry = true): Promise<Reply> {
  const text = call?.body === undefined ? '' : JSON.stringify(call.body);
  return new Promise<Reply>((resolve, reject) => {
    const headers: Record<string, string> = { 'content-length': String(Buffer.byteLength(text)) };
    if (text) headers['content-type'] = 'application/json';
    if (call?.headers.authorization) headers['authorization'] = call.headers.authorization;
    const outgoing = request({ host, port, method, path, agent, headers, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => reject(new HttpError(502, `${host} broke off its answer`)));
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString('utf8');
        const json = response.headers['content-type']?.startsWith('application/json');
        resolve({ status: response.statusCode ?? 502, body: json ? (JSON.parse(answer) as unknown) : answer });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', () => {
      // A kept connection may have been closed by a service that restarted. Whether the request arrived is unknown, so it
      // goes again only when that is harmless.
      if (retry && outgoing.reusedSocket && (method === 'GET' || hasId(call?.body)))
        resolve(forward(host, port, method, path, call, false));
      else reject(new HttpError(503, `${host} does not answer`));
    });
    outgoing.end(text);
  });
}

/** The single entrance: passes /api requests to the service that answers them and keeps nothing itself. */
export const gateway: Role = {
  tables: [],
  redis: false,
  checks: () => ({
    'auth-service': async () => {
      const reply = await forward('auth-service', 8001, 'GET', '/health');
      if (reply.status !== 200) throw new Error(`auth-service answers ${reply.status}`);
    },
  }),
  routes: () => {
    const reduced = process.env['MAINTENANCE_MODE'] === 'true';
    const handle = async (call: Call): Promise<Reply> => {
      const target = TARGETS[call.path.split('/')[2] ?? ''];
      if (!target) throw new HttpError(404, `there is nothing at ${call.path}`);
      const [host, port] = target;
      if (reduced && !ESSENTIAL.has(host)) throw new HttpError(503, `${host} is closed in reduced functionality mode`);
      const search = call.query.toString();
      return forward(host, port, call.method, search ? `${call.path}?${search}` : call.path, call);
    };
    return [{ method: '*', path: '/api/*', handle }];
  },
};
