import { findService } from '../shared/containers';
import { warm } from '../shared/session';
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
    if (container?.State.Running) await warm(one.site, container.Id, database.database);
  });
  if (site.name === observer) open.push(Admin.keepReady(args));
  await Promise.allSettled(open);
}
