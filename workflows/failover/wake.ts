/** Standbys that were killed with everything else have to answer before one of them can be chosen. */
import type { FailoverInput } from '../contracts/failover';
import type { Run } from '../kernel/run';
import { beside, siteOf, type Cluster } from './context';
import { survey, type Survey } from './survey';

/** Starts standbys that have ended, where that is asked for, and looks again. @returns the newest look */
export async function awake(run: Run, cluster: Cluster, input: FailoverInput, seen: Survey): Promise<Survey> {
  const silent = input.wake ? seen.standbys.filter((one) => !one.answered && one.engineAnswered) : [];
  if (silent.length === 0) return seen;
  await Promise.all(
    silent.map(({ service, site }) =>
      run.change<{ containerId: string } | string>(
        `Start ${service}`,
        () => {
          const at = { database: cluster.home.database, site: siteOf(cluster, { site }), service };
          return beside({ site }).brief.wakeStandby(at);
        },
        // Another one may answer; that none does is said by whoever chooses.
        {
          instead: ({ message }) => message,
          outcome: (one) => (typeof one === 'string' ? one : 'it answers, read-only'),
        },
      ),
    ),
  );
  return survey(run, cluster, input);
}
