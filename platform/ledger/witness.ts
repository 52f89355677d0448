import { createServer, type Server } from 'node:http';
import { connection, readEnv } from '../lifecycle';
import type { Ledger } from './ledger';
import { pgQuery } from './query';
import type { Verdict } from './verdict';

/** A verdict as a person reads it, in the form a recovery asks its witnesses for. */
export interface Answer {
  ok: boolean;
  summary: string;
  facts: { label: string; value: string }[];
}

export function answerOf(verdict: Verdict): Answer {
  const rows = (count: number): string => `${count} row${count === 1 ? '' : 's'}`;
  const bad = {
    missing: verdict.missing,
    changed: verdict.changed,
    doubled: verdict.doubled,
    unexpected: verdict.unexpected,
  };
  const faults = Object.entries(bad).filter(([, list]) => list.length > 0);
  const summary = verdict.ok
    ? `${rows(verdict.expected)} acknowledged up to the target or after the reopening: all there, none changed, none doubled; ${rows(verdict.takenAway)} from after the target are gone as they should be`
    : [
        ...faults.map(([what, list]) => `${rows(list.length)} ${what}`),
        ...verdict.missingTables.map((table) => `no table ${table}`),
      ].join(', ');
  return {
    ok: verdict.ok,
    summary,
    facts: [
      { label: 'Acknowledged and owed', value: rows(verdict.expected) },
      { label: 'There, unchanged, once', value: rows(verdict.present) },
      { label: 'Taken away by the target, and gone', value: rows(verdict.takenAway) },
      {
        label: 'In doubt (around the target, or in the span a failover may have lost)',
        value: `${rows(verdict.inDoubt.length)}, ${verdict.inDoubt.filter((one) => !one.present).length} of them gone`,
      },
      {
        label: 'Sent, never acknowledged',
        value: `${rows(verdict.unacknowledged.sent)}, ${verdict.unacknowledged.present} of them there`,
      },
      ...faults.map(([what, list]) => ({ label: `${what}: the first`, value: JSON.stringify(list[0]) })),
    ],
  };
}

/**
 * Lets the ledger be asked over HTTP, as a witness of the plan: `GET /verdict?until=…&doubtFrom=…&resumedAt=…`, each of them optional. Loopback only.
 * @param project platform whose database is compared with the journal, through its pooler
 */
export async function serveWitness(ledger: Ledger, project: string, port: number): Promise<Server> {
  const query = pgQuery(connection(await readEnv(project), 'PGBOUNCER_PORT'));
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const window = {
      until: searchParams.get('until') ?? undefined,
      doubtFrom: searchParams.get('doubtFrom') ?? undefined,
      resumedAt: searchParams.get('resumedAt') ?? undefined,
    };
    ledger
      .verdict({ query, ...window })
      .then((verdict) => ({ status: 200, body: answerOf(verdict) }))
      .catch((error: Error) => ({
        status: 500,
        body: { ok: false, summary: `the ledger could not compare: ${error.message}`, facts: [] },
      }))
      .then(({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      )
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
}
