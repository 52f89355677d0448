import { readFile } from 'node:fs/promises';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { withHeartbeat } from '../shared/heartbeat';
import { fromRoot } from '../shared/paths';
import { until } from '../shared/until';
import { writeFileAtomically } from '../shared/write-file';
import { Admin } from '../shared/pooler-admin';
import { withHost } from '../shared/databases-file';

/**
 * Sends clients of the pooler to another server: rewrites its databases file, reloads, and drops old server connections
 * where clients are not held anyway. With the host it already has it still drops them, so that nobody keeps talking to a
 * server that was replaced behind the same name.
 * @param host name or address of the server in the pooler's network
 * @throws DR-APPROVAL-MISSING, DR-INPUT, DR-POOLER
 */
export async function repointClients(
  args: DatabaseAt & { host: string; approval: ApprovalReference },
): Promise<{ from: string; to: string }> {
  demandApproval(args.approval);
  const { pooler } = args.database;
  if (!/^[A-Za-z0-9:._-]+$/.test(args.host))
    throw drFailure('DR-INPUT', `host ${JSON.stringify(args.host)} for the pooler: expected a host name or address`);
  return withHeartbeat(`sending clients to ${args.host}`, async (_beat, signal) => {
    const path = fromRoot(pooler.databasesFile);
    const text = await readFile(path, 'utf8').catch((error: Error) => {
      throw drFailure(
        'DR-POOLER',
        `databases file ${pooler.databasesFile} of the plan cannot be read: ${error.message}`,
      );
    });
    const changed = withHost(text, pooler.database, args.host);
    if (changed !== text) await writeFileAtomically(path, changed);
    return Admin.use(args, async (admin) => {
      const before = await admin.database();
      await admin.run('RELOAD');
      if (!before.paused) await admin.run(`RECONNECT ${pooler.database}`);
      const to = await until(
        async () => {
          const { host } = await admin.database();
          return host === args.host ? host : undefined;
        },
        {
          deadlineMs: 5000,
          signal,
          onTimeout: () =>
            drFailure(
              'DR-POOLER',
              `${pooler.service} still shows host ${before.host} for ${pooler.database} after RELOAD, expected ${args.host}`,
              { retry: true },
            ),
        },
      );
      return { from: before.host, to };
    });
  });
}
