/**
 * A lost site that comes back starts what its engine was told to start: a primary, its pooler and a gateway that serves whoever still
 * has its address. The site that could not be stopped when its database was promoted elsewhere is stopped the moment it answers.
 */
import type { Plan } from '../../plan';
import type { Approval } from '../contracts/approval';
import { membersOf, withPrimary } from '../contracts/members';
import { clusterOf } from '../failover/context';
import { attempt } from '../failover/fence';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';

const engineSilenceMs = 5_000;
/** A gate that the policy answers at once. */
const expiresMs = 60_000;

/** Waits for the site of a database, however long, and stops what of it would serve. Held where that does not succeed. */
export async function stopWhenBack(run: Run, name: string, plan: Plan): Promise<void> {
  const cluster = clusterOf(run, name, plan, false);
  const { database, site } = cluster.home;
  const on = siteActivities(site.name);
  await run.probe(
    `Wait until site ${site.name} answers`,
    () => on.patient.awaitSite({ site }),
    ({ at }) => `it answers again at ${at}`,
  );
  const approval = await run.gate('returned', {
    policy: { approvers: [], expiresMs, onExpiry: 'reject' },
    measure: () => Promise.resolve({ site: site.name, database: name }),
    drifted: () => undefined,
    answer: () =>
      `${name} was promoted at another site while this one could not be stopped: two primaries are worse than none`,
    card: () => ({
      title: `Stop what has come back of site ${site.name}`,
      will: [
        `Stop ${plan.gateway.service}, ${database.pooler.service} and every server of ${name} there for good.`,
        'Mark the old primary, so that it comes up as a standby at most.',
      ],
      loss: [{ label: 'Rows that it took meanwhile', value: 'stay on its volume; the reprotection counts them' }],
      facts: [],
      tables: [],
      warnings: [],
    }),
  });
  await run.irreversible(`Stop what has come back of site ${site.name}`, approval, async (valid) => {
    // Beside each other: a gateway that does not stop holds the run, and must not leave a primary that takes writes.
    await Promise.all([
      ...membersOf(database)
        .filter((one) => one.site === site.name)
        .map(({ service }) =>
          stopServer(run, { ...cluster.home, database: withPrimary(database, service) as typeof database }, valid),
        ),
      stopDoor(run, plan, cluster.home, valid),
    ]);
  });
}

type At = ReturnType<typeof clusterOf>['home'];

async function stopDoor(run: Run, plan: Plan, { database, site }: At, valid: Approval): Promise<void> {
  const services = [plan.gateway.service, database.pooler.service];
  await run.change(
    `Stop ${services.join(', ')} of site ${site.name} for good`,
    () =>
      siteActivities(site.name).brief.stopServices({
        ...{ site, services, graceSeconds: 1, engineSilenceMs },
        approval: valid.reference,
      }),
    { outcome: (all) => all.map(({ service, ran }) => `${service} ${ran ? 'stopped' : 'did not run'}`).join('; ') },
  );
}

/** Killed: a shutdown in order would send its standby what only it has. Marked where its volume is that of a primary. */
async function stopServer(run: Run, at: At, valid: Approval): Promise<void> {
  const { database, site } = at;
  const on = siteActivities(site.name);
  const approval = valid.reference;
  const halted = await run.change(
    `Stop ${database.service} of site ${site.name} for good`,
    () => on.brief.haltServer({ ...at, containerId: '', lookUp: true, stopTimeoutMs: 0, engineSilenceMs, approval }),
    { outcome: (value) => (value.exists ? `stopped, exit code ${value.exitCode}` : 'its container is gone') },
  );
  await run.change(
    `Mark ${database.service} as a standby at most`,
    async () => {
      const { volume, holds } = await on.brief.inspectDataVolume({ database, site, service: database.service });
      if (holds !== 'cluster' || volume === undefined) return holds;
      const target = { containerId: halted.containerId ?? '', volume, image: '' };
      const marked = await attempt(() => on.brief.markDemoted({ ...at, ...target, engineSilenceMs, approval }));
      if ('failed' in marked) {
        run.problem(marked.failed);
        return `NOT DONE: ${marked.failed.message}`;
      }
      return 'marked';
    },
    { outcome: (how) => (how === 'marked' ? 'standby.signal is in its data directory' : `not marked: ${how}`) },
  );
}
