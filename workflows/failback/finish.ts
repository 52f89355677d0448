/** What an earlier run has left to do: the database is at home, and everything else comes after it. */
import { gatePolicy } from '../kernel/gate-policy';
import { rolesWith } from '../failover/promote';
import { silentServer } from '../failover/survey';
import type { Finished } from '../kernel/procedure';
import type { Run } from '../kernel/run';
import { writeAt } from '../site/data';
import type { Assessed } from './assess';
import { comeHome } from './come-home';
import { lookAtBoth } from './decide';
import { changedSince } from './objections';
import { startHome } from './prepare';
import type { Promoted } from './promoted';

/** Asks a person, and does everything that comes after the promotion. */
export async function finishHome(run: Run, seen: Assessed, { primary, left }: Promoted): Promise<Finished> {
  const { way } = seen;
  const { home, there, standIn, cluster, plan, input } = way;
  const { service, timeline } = primary;
  run.phase('Decide');
  const approval = await run.gate('site-failback', {
    policy: gatePolicy(plan, 'site.failover', input),
    // Hours may lie between the first look and the answer: somebody may have started the server that has served.
    measure: async () => {
      const { survey } = await lookAtBoth(way);
      const [atHome = { ...silentServer, service, site: home.name }] = survey.standbys;
      return { service, timeline, against: changedSince(primary, { atHome, standIn: survey.primary }) };
    },
    drifted: (_before, { against }) => (against.length > 0 ? against.join('; ') : undefined),
    card: ({ against }) => ({
      title: `Finish the way home to site ${home.name}`,
      will: [
        `Let clients in at site ${home.name}, start what does not run there, open its gateway, and prove it by the pages of all services.`,
        left ? `Make ${standIn} a standby of ${service}.` : `${standIn} follows ${service} already.`,
        `Send clients home, stop the rest of site ${there.name}, and let the lock of the database go.`,
      ],
      loss: [{ label: 'Rows', value: `none: ${standIn} has nothing that ${service} has not` }],
      facts: [
        { label: 'The database is at home', value: `${service} takes writes on timeline ${timeline}` },
        { label: standIn, value: left ? 'is stopped, with no commit of its own' : 'follows' },
      ],
      tables: [],
      warnings: against.map((one) => `NOT POSSIBLE NOW: ${one}.`),
    }),
  });
  return run.irreversible(`Finish the way home to site ${home.name}`, approval, async (valid) => {
    const { stores, openGateway: readyGateway } = await startHome(run, way, seen, valid, false);
    await writeAt(run, way, { home: cluster.home, service, facts: primary }, valid);
    return comeHome(
      run,
      way,
      {
        ...{ timeline, stores, readyGateway, witnesses: [] },
        ...(left
          ? {
              archiving: left.archiving,
              toProtect: { at: rolesWith(cluster, service), approval: valid, promoted: left.promoted },
            }
          : {}),
      },
      valid,
    );
  });
}
