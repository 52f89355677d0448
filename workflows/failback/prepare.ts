/** Phases before anybody decides: the database at home follows, and everything else there is started. Nobody at home is served. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import { controlQueue, databaseResource, recoveryLock } from '../contracts/names';
import type { StoppedService } from '../contracts/site';
import { rolesWith } from '../failover/promote';
import { silentServer } from '../failover/survey';
import { startLocked } from '../kernel/child';
import type { Run } from '../kernel/run';
import { startFoundation, startUnserved } from '../site/data';
import { askHolder } from '../site/lock';
import { reprotectMember, type Reprotected } from '../reprotect/member';
import type { Recovered } from '../system/data';
import type { Assessed } from './assess';
import { stackOf, type WayHome } from './context';

/** A gate that the policy answers at once. */
const expiresMs = 60_000;
/** Time for requests under way at a gateway that serves nobody's data, seconds. */
const graceSeconds = 2;

/** What is begun here serves nobody, so the policy answers for it: the site that serves goes on. */
export function allowPreparing(run: Run, { home, there, primary, standIn, input }: WayHome): Promise<Approval> {
  return run.gate('prepare', {
    policy: { approvers: [], expiresMs, onExpiry: 'reject' },
    measure: () => Promise.resolve({ home: home.name, serves: there.name }),
    drifted: () => undefined,
    answer: () => `policy: what is begun at site ${home.name} serves nobody, and site ${there.name} goes on serving`,
    card: () => ({
      title: `Make site ${home.name} ready, while site ${there.name} serves`,
      will: [
        `Make ${primary} a standby of ${standIn}${input.fresh ? ', by a copy of the whole database' : ''}; where it has commits of its own a gate asks before.`,
        'Start stores, poolers and services. The gateway stays shut, and the database there is read-only.',
      ],
      loss: [],
      facts: [],
      tables: [],
      warnings: [],
    }),
  });
}

/** The lock is held already, but for a control plane that is new: then it is taken, so that nothing starts a server at home meanwhile. */
export async function holdLock(run: Run, { cluster, there, input }: WayHome, { found }: Assessed): Promise<void> {
  if (found.holder.by === 'hold') return;
  const { name } = cluster.home.database;
  const workflowId = recoveryLock(databaseResource(name));
  const { by, reason, planHash } = input;
  let taken = false;
  await run.change(
    `Take the lock of database ${name}`,
    async () => {
      taken ||= await startLocked({
        procedure: 'holdDatabase',
        workflowId,
        taskQueue: controlQueue,
        input: {
          ...{ database: name, site: there.name, by, reason: `site failback: ${reason}`.slice(0, 2000) },
          ...(planHash === undefined ? {} : { planHash }),
        },
      });
      if (taken) return true;
      // Nobody had it when that was asked: a guard or a person may have been quicker since.
      const holder = await askHolder(name);
      if (holder.by !== 'hold' || holder.site !== there.name)
        throw drFailure(
          'DR-LOCKED',
          holder.by === 'hold'
            ? `the lock of database ${name} is held for site ${holder.site}, and site ${there.name} serves: ${workflowId}`
            : `another run works on database ${name}: ${workflowId}`,
          {
            next: `Look at it (\`./dr show ${databaseResource(name)}\`), abort it or wait for its end, then retry. Where it has promoted a server at home, abort this run.`,
          },
        );
      return false;
    },
    { outcome: (now) => (now ? `${workflowId} is held; nobody had it` : `${workflowId} is held already`) },
  );
}

/** Phase "Follow": the former primary becomes a standby of the server that took its place. */
export async function follow(
  run: Run,
  way: WayHome,
  { found, serving }: Assessed,
  valid: Approval,
): Promise<Reprotected> {
  const { cluster, primary, standIn, home, onHome, input } = way;
  run.phase('Follow');
  for (const { service, answered } of found.atHome) {
    if (answered) continue;
    const member = cluster.members.find((one) => one.service === service);
    const database = { ...cluster.home.database, ...(member ?? {}) };
    const seen = await run.probe(
      `Look into the volume of ${service}`,
      () => onHome.urgent.inspectDataVolume({ database: cluster.home.database, site: home, service }),
      ({ volume, holds }) => `${volume ?? 'none'}: ${holds}`,
    );
    // Compose makes no container of a project while one of its volumes is missing.
    if (seen.holds === 'gone')
      await run.change(
        `Make the volume of ${service} anew, empty`,
        () => onHome.brief.makeDataVolume({ database, site: home, approval: valid.reference }),
        { outcome: ({ volume, made }) => (made ? `${volume} is empty` : `${volume} is there`) },
      );
  }
  const seen = found.atHome.find((one) => one.service === primary);
  const survey = { at: rolesWith(cluster, standIn), primary: serving, standbys: found.atHome };
  const { reason, by, approvalTimeoutMs, fresh } = input;
  const asked = {
    ...{ database: cluster.home.database.name, reason, by, fresh, fullBackup: false },
    ...(approvalTimeoutMs === undefined ? {} : { approvalTimeoutMs }),
  };
  return reprotectMember(run, cluster, asked, survey, seen ?? { ...silentServer, service: primary, site: home.name });
}

/**
 * Phase "Prepare": what home needs to serve is started, with the database read-only.
 * @param shut the gateway there is shut meanwhile
 */
export async function startHome(
  run: Run,
  way: WayHome,
  { project }: Assessed,
  valid: Approval,
  shut = true,
): Promise<{ stores: Recovered[]; openGateway: () => Promise<void> }> {
  const { plan, home, onHome, onThere, there, planThere, system } = way;
  const { services, poolers, gateway } = stackOf(plan);
  run.phase('Prepare');
  const doors = [...poolers, gateway];
  const before = await run.probe(
    `Look at ${doors.join(', ')} of both sites`,
    async () => {
      const thereDoors = [...stackOf(planThere).poolers, stackOf(planThere).gateway];
      const [own, other] = await Promise.all([
        onHome.brief.inspectServices({ site: home, services: doors }),
        onThere.brief.inspectServices({ site: there, services: thereDoors }),
      ]);
      return { own, policies: new Map(other.map(({ service, policy }) => [service, policy])) };
    },
    ({ own }) =>
      own.map(({ service, ran, policy }) => `${service} ${ran ? 'runs' : 'does not run'} (${policy})`).join('; '),
  );
  if (shut)
    await shutGateway(
      run,
      way,
      before.own.filter((one) => one.service === gateway && one.ran),
      valid,
    );
  // What was stopped for good has no restart policy any more; it gets the one that its like has at the site that serves.
  const givenBack = (names: string[]): StoppedService[] =>
    before.own
      .filter(
        ({ service, policy, ran }) => names.includes(service) && (policy === 'no' || (service === gateway && ran)),
      )
      .map((one) => ({
        ...one,
        policy: one.policy === 'no' ? (before.policies.get(one.service) ?? 'no') : one.policy,
        ran: false,
      }));
  await givePolicies(run, way, poolers, givenBack(poolers), valid);
  const stores = await startFoundation(run, { system }, project, valid);
  await startUnserved(run, system, services, project, valid, true);
  return { stores, openGateway: () => givePolicies(run, way, [gateway], givenBack([gateway]), valid) };
}

/** A gateway that runs at home serves pages without data. */
async function shutGateway(
  run: Run,
  { home, onHome }: WayHome,
  runs: StoppedService[],
  valid: Approval,
): Promise<void> {
  if (runs.length === 0) return;
  const services = runs.map((one) => one.service);
  const approval = valid.reference;
  await run.change(
    `Shut ${services.join(', ')} of site ${home.name} until it serves`,
    () => onHome.brief.stopServices({ site: home, services, graceSeconds, approval }),
    {
      undo: {
        title: `Let ${services.join(', ')} of site ${home.name} go`,
        act: () => onHome.brief.releaseServices({ site: home, services: runs, approval }),
      },
    },
  );
}

async function givePolicies(
  run: Run,
  { home, onHome }: WayHome,
  names: string[],
  services: StoppedService[],
  valid: Approval,
): Promise<void> {
  if (services.length === 0) return;
  const approval = valid.reference;
  await run.change(
    `Give ${names.join(', ')} of site ${home.name} the restart policy back`,
    () => onHome.brief.releaseServices({ site: home, services, approval }),
    {
      undo: {
        title: `Take the restart policy of ${names.join(', ')} away again`,
        act: () =>
          onHome.brief.releaseServices({
            site: home,
            services: services.map((one) => ({ ...one, policy: 'no' })),
            approval,
          }),
      },
      outcome: () => services.map(({ service, policy }) => `${service}: ${policy}`).join('; '),
    },
  );
}
