/** Phase "Protect": the site that has served stands by again, the lock is let go, and the other standbys at home follow. */
import { getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';
import type { HeldArchiving } from '../../activities/postgres';
import type { Database } from '../../plan';
import type { Approval } from '../contracts/approval';
import { drFailure, problemOf } from '../contracts/errors';
import { membersOf } from '../contracts/members';
import { releaseSignal } from '../contracts/messages';
import { controlQueue, databaseResource, recoveryLock } from '../contracts/names';
import type { StoppedService } from '../contracts/site';
import { duration } from '../contracts/words';
import { rolesWith } from '../failover/promote';
import { look } from '../failover/survey';
import type { Run } from '../kernel/run';
import { membersToRebuild } from '../reprotect/candidates';
import { whyNot } from '../system/child';
import { stackOf, type WayHome } from './context';

/** A run that lets a lock go writes its report first; a guard may be quicker: it is waited for, milliseconds. */
const lockPatienceMs = 60_000;

/**
 * Stops containers of the site that has served, and leaves them startable: the next failover finds them as in peace.
 * @param graceSeconds time for requests under way
 */
export async function stopThere(
  run: Run,
  way: WayHome,
  services: string[],
  graceSeconds: number,
  valid: Approval,
): Promise<void> {
  const { there, onThere } = way;
  const approval = valid.reference;
  const title = services.length > 4 ? `${services.length} containers` : services.join(', ');
  // Before the change: a second try of it finds what the first has left.
  const before = await run.probe(
    `Look at ${title} of site ${there.name}`,
    () => onThere.brief.inspectServices({ site: there, services }),
    (all) => `${all.filter((one) => one.ran).length} run`,
  );
  const bare = before.some(({ policy }) => policy === 'no');
  const known = bare ? await withPolicies(run, way, before) : before;
  await run.optional(
    `Stop ${title} of site ${there.name}`,
    async () => {
      await onThere.brief.stopServices({ site: there, services, graceSeconds, approval });
      const stopped = known.map((one) => ({ ...one, ran: false }));
      await onThere.brief.releaseServices({ site: there, services: stopped, approval });
      return known;
    },
    () => 'stopped; each has its restart policy still',
  );
}

/** What an earlier run has stopped, and was ended before it gave the restart policy back, gets the one that its like has at home. */
async function withPolicies(
  run: Run,
  { home, onHome, plan, planThere }: WayHome,
  all: StoppedService[],
): Promise<StoppedService[]> {
  const stores = new Map(
    planThere.stores.map(({ name, service }) => [service, plan.stores.find((one) => one.name === name)?.service]),
  );
  const likeOf = (service: string): string => stores.get(service) ?? service;
  const services = all.filter(({ policy }) => policy === 'no').map(({ service }) => likeOf(service));
  const likes = await run.probe(
    `Look which restart policy ${services.length > 4 ? `${services.length} containers have` : `${services.join(', ')} has`} at site ${home.name}`,
    () => onHome.brief.inspectServices({ site: home, services }),
    (found) => found.map(({ service, policy }) => `${service}: ${policy}`).join('; '),
  );
  return all.map((one) => {
    const like = likes.find(({ service }) => service === likeOf(one.service));
    return one.policy === 'no' && like ? { ...one, policy: like.policy } : one;
  });
}

/**
 * The server that has served has nothing that its successor has not, so it follows without a rewind.
 * @returns `standby`: it comes up as a standby at most; `started`: it follows
 */
export async function followHome(
  run: Run,
  { there, onThere, standIn, primary, cluster, door }: WayHome,
  archiving: HeldArchiving,
  valid: Approval,
): Promise<{ standby: boolean; started: boolean }> {
  const approval = valid.reference;
  // Read by the worker there: with the secrets as that site has them.
  const { replication, backup } = door.database;
  const database = { ...rolesWith(cluster, primary).database, replication, backup };
  const at = { database, site: there, service: standIn, primary: { database, site: cluster.home.site } };
  const made = await run.optional(
    `Make ${standIn} follow ${primary}`,
    () => onThere.change.followPrimary({ ...at, archiving, approval }),
    () => 'standby.signal and the way to its primary are in its data directory',
  );
  if (made === undefined) return { standby: false, started: false };
  const started = await run.optional(
    `Start ${standIn} as a standby`,
    () => onThere.change.startStandby({ ...at, approval }),
    (value) => `${value.state} after ${duration(value.durationMs)}`,
  );
  return { standby: true, started: started !== undefined };
}

/** Everything of the site but its database. */
export const restOf = ({ planThere }: WayHome): string[] => {
  const { services, stores, poolers } = stackOf(planThere);
  return [...services, ...stores, ...poolers];
};

/** The database is at home: whoever kept others off it is told so. */
export async function letLockGo(run: Run, { cluster, input }: WayHome): Promise<void> {
  const { name } = cluster.home.database;
  const workflowId = recoveryLock(databaseResource(name));
  await run.optional(
    `Let the lock of database ${name} go`,
    async () => {
      await getExternalWorkflowHandle(workflowId)
        .signal(releaseSignal, { by: input.by, reason: `at home again: ${input.reason}`.slice(0, 2000) })
        .catch((error: unknown) => {
          if (isCancellation(error)) throw error;
          throw drFailure('DR-LOCKED', `${workflowId} was not told: ${problemOf(error).message}`, {
            next: 'Where nobody has the lock any more, skip.',
          });
        });
      return workflowId;
    },
    (id) => `${id} ends`,
  );
}

/**
 * Whoever starts the server that has served would have a second primary: its data directory is that of one still. With the lock held
 * the next run finds what is left to do. @returns what is not protected
 */
export function keepLock(run: Run, { cluster, there, standIn }: WayHome): string {
  const { name } = cluster.home.database;
  const why = `the lock of database ${name} is held on: ${standIn} at site ${there.name} is no standby, and started it would be a second primary`;
  run.note(`${why}. Leave it stopped, mend what is named, and start ./dr site failback again: it does what is left`);
  return `${why}; nobody has looked whether the standbys at home follow`;
}

/** The other servers of the database at home were standbys of the lost primary. @returns why they do not follow; undefined: they do */
export async function standbysFollow(run: Run, { plan, cluster, input }: WayHome): Promise<string | undefined> {
  const { name } = cluster.home.database;
  const planned = plan.databases.find((one) => one.name === name) as Database;
  if (planned.standbys.length === 0) return undefined;
  const own = { ...cluster, home: { ...cluster.home, database: planned }, members: membersOf(planned) };
  const survey = await run.probe(
    `Look whether the standbys of ${name} follow`,
    () => look(own, {}),
    (now) =>
      membersToRebuild(now, undefined)
        .map((one) => `${one.service} does not`)
        .join('; ') || 'they do',
  );
  const wanted = membersToRebuild(survey, undefined).map((one) => one.service);
  if (wanted.length === 0) return undefined;
  const { reason, by, planHash, approvalTimeoutMs } = input;
  const workflowId = recoveryLock(databaseResource(name));
  run.note(`${workflowId} makes ${wanted.join(', ')} follow; where it asks, it is answered by its own name`);
  const end = await run.childResult(
    `Make the standbys of ${name} follow`,
    {
      procedure: 'reprotectDatabase',
      workflowId,
      taskQueue: controlQueue,
      input: {
        ...{ database: name, by, reason: `site failback: ${reason}`.slice(0, 2000) },
        ...(planHash === undefined ? {} : { planHash }),
        ...(approvalTimeoutMs === undefined ? {} : { approvalTimeoutMs }),
      },
    },
    { lockPatienceMs },
  );
  const why = whyNot(end);
  return why === undefined ? undefined : `${wanted.join(', ')} of ${name} do not follow: ${why}`;
}
