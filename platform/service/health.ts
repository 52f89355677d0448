import type { Reply } from './http';
import type { Check, Role, Tools } from './role';

const LIMIT_MS = 2500;
const FRESH_MS = 1000;

interface Result {
  ok: boolean;
  ms: number;
  error?: string;
}

async function measure(check: Check): Promise<Result> {
  const began = Date.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    await Promise.race([check(), late]);
    return { ok: true, ms: Date.now() - began };
  } catch (error) {
    return { ok: false, ms: Date.now() - began, error: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Reads one row of every table the role needs, on a server that accepts writes: `SELECT 1` would pass without both. */
function databaseCheck(role: Role, { database }: Tools): Check {
  const probes = role.tables.map((table) => `(SELECT count(*) FROM (SELECT FROM ${table} LIMIT 1) AS t)`);
  const sql = `SELECT pg_is_in_recovery() AS standby, ${probes.join(' + ')} AS rows`;
  return async () => {
    const [row] = await database.rows<{ standby: boolean }>(sql);
    if (row?.standby) throw new Error('the database is read-only (a standby or a server in recovery)');
  };
}

/**
 * The handler of `/health`: 200 when everything the service needs can be used, 503 with the reason otherwise.
 * A result is kept for a second, so that many probes cost the dependencies no more than one.
 */
export function health(name: string, role: Role, tools: Tools): () => Promise<Reply> {
  const checks: Record<string, Check> = { ...role.checks?.(tools) };
  if (role.tables.length) checks['database'] = databaseCheck(role, tools);
  if (role.redis) checks['redis'] = async () => void (await tools.redis.command('PING'));
  const look = async (): Promise<Reply> => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([key, check]) => [key, await measure(check)] as const),
    );
    const ok = results.every(([, result]) => result.ok);
    tools.metrics.gauge('service_healthy', '1 when everything the service needs can be used', ok ? 1 : 0);
    return {
      status: ok ? 200 : 503,
      body: {
        service: name,
        status: ok ? 'ok' : 'failing',
        uptimeSeconds: Math.round(process.uptime()),
        checks: Object.fromEntries(results),
      },
    };
  };
  let latest: { at: number; reply: Promise<Reply> } | undefined;
  return () => {
    if (!latest || Date.now() - latest.at > FRESH_MS) latest = { at: Date.now(), reply: look() };
    return latest.reply;
  };
}
