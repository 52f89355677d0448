import { findService } from '../shared/containers';
import { psql } from '../shared/psql';
import { Admin } from '../shared/pooler-admin';
import type { LookRound } from './look-round';

/**
 * Keeps open what a failover asks first: a session with every server beside this observer, and the console of the pooler. In
 * peace that costs a connection each; while nobody can write it saves half a second. What cannot be opened now is no fault:
 * whoever needs it opens it then.
 */
export async function keepReady(args: LookRound): Promise<void> {
  const { database, site, observer } = args;
  const here = [
    ...(site.name === observer ? [{ service: database.service, site }] : []),
    ...args.standbys.filter((one) => one.site.name === observer),
  ];
  const open = here.map(async (one) => {
    const container = await findService(one.site, one.service);
    // Asked, not only opened: a session does not notice by itself that its server has gone.
    const options = { warm: true, database: database.database, timeoutMs: database.failover.probeTimeout };
    if (container?.State.Running) await psql(one.site, container.Id, 'SELECT 1', options);
  });
  if (args.pooler) open.push(Admin.keepReady(args));
  await Promise.allSettled(open);
}
