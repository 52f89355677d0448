import { databaseError } from './database';
import { health } from './health';
import { HttpError, serve, type Reply, type Route } from './http';
import { Metrics } from './metrics';
import { tools as makeTools } from './role';
import { roles } from './roles';

/** The service program: plays the role `SERVICE_NAME` on port `PORT`. */
const name = process.env['SERVICE_NAME'] ?? '';
const role = roles[name];
const port = Number(process.env['PORT']);
if (!role || !Number.isInteger(port)) {
  const known = Object.keys(roles).join(', ');
  console.error(
    `SERVICE_NAME is '${name}' and PORT '${process.env['PORT'] ?? ''}': expected one of ${known}, and a port`,
  );
  process.exit(64);
}

const metrics = new Metrics(name);
const tools = makeTools(metrics);

function toReply(error: unknown): Reply {
  const known = error instanceof HttpError ? error : databaseError(error);
  if (known) return { status: known.status, body: { error: known.message }, headers: retryHeader(known.status) };
  console.error(JSON.stringify({ at: new Date().toISOString(), service: name, error: String(error) }));
  return { status: 500, body: { error: 'internal error' } };
}

function retryHeader(status: number): Record<string, string> {
  return status === 503 ? { 'retry-after': '1' } : {};
}

const look = health(name, role, tools);
const routes: Route[] = [
  { method: 'GET', path: '/health', handle: look },
  { method: 'GET', path: '/metrics', handle: () => Promise.resolve({ status: 200, body: metrics.render() }) },
  ...role.routes(tools),
];

const server = serve(routes, toReply, (route, status, seconds) => metrics.request(route, status, seconds));
server.keepAliveTimeout = 30_000;
const stopWork = role.start?.(tools);
server.listen(port, () =>
  console.log(JSON.stringify({ at: new Date().toISOString(), service: name, listening: port })),
);

// As process 1 of its container the program gets no default signal handling: without this a stop takes 10 s.
const stop = (): void => {
  stopWork?.();
  server.close();
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 2000).unref();
  void tools.database.close().catch(() => undefined);
  tools.redis.close();
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
