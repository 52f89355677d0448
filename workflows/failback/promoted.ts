/** Whether an earlier run has promoted the database at home and was ended before the rest was done. */
import type { HeldArchiving } from '../../activities/postgres';
import type { Plan } from '../../plan';
import type { ServerFacts } from '../contracts/cluster';
import type { SiteFailbackInput } from '../contracts/site';
import { rolesWith } from '../failover/promote';
import type { ToProtect } from '../failover/protect';
import type { Run } from '../kernel/run';
import type { Found } from './assess';
import { wayOf, type WayHome } from './context';

export interface Promoted {
  /** The primary at home. */
  primary: ServerFacts;
  /** Absent: the server that has served follows it already. */
  left?: { archiving: HeldArchiving; promoted: ToProtect['promoted'] };
}

/**
 * The lock is held still, the server at home takes writes, and the one that has served is stopped with nothing of its own: by its WAL
 * and the history of the one at home. Without that proof it may as well be a server that has just died with the newer data.
 * @returns undefined: it is not so, or cannot be proven
 */
export async function lookForPromoted(
  run: Run,
  input: SiteFailbackInput,
  plan: Plan,
  { atHome, standIns, holder }: Found,
): Promise<{ way: WayHome; serving: ServerFacts; promoted: Promoted } | undefined> {
  if (holder.by !== 'hold') return undefined;
  if (standIns.some(({ facts }) => facts.answered && !facts.inRecovery)) return undefined;
  const served = standIns.find(({ standIn }) => standIn.site.name === holder.site);
  const planned = plan.databases.find((one) => one.name === served?.standIn.database.name);
  const primary = atHome.find((one) => one.service === planned?.service);
  if (!served || !primary?.answered || primary.inRecovery) return undefined;
  const { facts } = served;
  const stopped = !facts.answered && facts.container?.running === false;
  if (!stopped && !facts.answered) return undefined;
  const way = wayOf(run, input, plan, served.standIn);
  const serving = facts;
  if (!stopped) return facts.timeline === primary.timeline ? { way, serving, promoted: { primary } } : undefined;
  const { cluster, there, onThere, standIn, door } = way;
  const roles = rolesWith(cluster, primary.service);
  const own = await run.probe(
    `Look whether ${standIn} has anything that ${primary.service} has not`,
    () => onThere.probe.measureDivergence({ database: door.database, site: there, service: standIn, primary: roles }),
    ({ commits, timeline }) => `${commits ?? 'not known'} commits on timeline ${timeline}`,
  );
  if (own.commits !== 0 || own.empty || own.forkLsn === undefined) return undefined;
  return {
    way,
    serving,
    promoted: {
      primary,
      left: {
        // As `holdArchiving` leaves it: without a command of its own, that of the configuration holds again.
        archiving: { held: true, before: null, waiting: 0 },
        promoted: {
          service: primary.service,
          timeline: primary.timeline,
          formerTimeline: own.timeline,
          forkLsn: own.forkLsn,
        },
      },
    },
  };
}
