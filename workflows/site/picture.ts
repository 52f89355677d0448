/** What has happened to a site, by what of it answers and from where. Pure. */
import type { ServerFacts } from '../contracts/cluster';
import type { SiteReach, UpstreamReach } from '../contracts/site';
import type { FailoverFacts } from '../failover/decide';
import { serves } from '../failover/serving';

/**
 * `total`: nothing of the site answers, from anywhere. `partial`: some of it does, and clients are not served. `cut`: it serves
 * its clients, but the other site does not reach it. `nothing`: it serves, and the other site follows.
 */
export type Loss = 'total' | 'partial' | 'cut' | 'nothing';

export interface SiteLoss {
  loss: Loss;
  /** What it was concluded from, one sentence each. */
  because: string[];
}

/** One database as it was seen from both sites. */
export interface SeenFromBoth {
  primary: ServerFacts;
  /** The server at the site that takes over. */
  standIn: ServerFacts;
  across: UpstreamReach;
}

/** A standby that streams is heard of every second, by the heartbeats: one that has been silent for longer does not follow, milliseconds. */
const longestSilenceMs = 10_000;

/** A receiver is called "streaming" for a minute after its wire was cut (wal_receiver_timeout): that the primary can be reached counts. */
const follows = ({ standIn, across }: SeenFromBoth): boolean =>
  standIn.answered &&
  across.answers &&
  standIn.receiver === 'streaming' &&
  (standIn.receiverSilenceMs ?? 0) <= longestSilenceMs;

/** @param reach undefined: the worker of the site does not answer, so nobody there could be asked; `silent` says why */
export function judgeSite(reach: SiteReach | undefined, databases: SeenFromBoth[], silent = ''): SiteLoss {
  const served = reach?.client.healthy === true && databases.every(({ primary }) => serves(primary));
  const answers =
    reach?.engine.answered === true ||
    reach?.client.healthy === true ||
    databases.some(({ primary, across }) => primary.answered || across.answers);
  const because = [
    ...(reach
      ? [
          `engine of site ${reach.site}: ${reach.engine.answered ? reach.engine.says : `does not answer: ${reach.engine.says}`}`,
          `a client gets ${reach.client.healthy ? 'its page' : `no page: ${reach.client.says}`}`,
        ]
      : [`the worker of the site does not answer: ${silent || 'nobody took the question'}`]),
    ...databases.map(
      ({ primary }) =>
        `${primary.service} ${primary.answered ? (primary.inRecovery ? 'answers, and is in recovery' : 'takes writes') : `does not answer: ${primary.problem ?? 'no reason known'}`}`,
    ),
    ...databases.map(({ across }) => `over the network between the sites: ${across.says}`),
    ...databases.map(
      (one) =>
        `${one.standIn.service} ${follows(one) ? 'follows' : one.standIn.answered ? 'does not follow' : `does not answer: ${one.standIn.problem ?? ''}`}`,
    ),
  ];
  if (served) return { loss: databases.every(follows) ? 'nothing' : 'cut', because };
  return { loss: answers ? 'partial' : 'total', because };
}

/**
 * The stand-in takes writes on an older timeline than home had: after a way home somebody has started it as the primary that it was,
 * and it has nothing of what was written since. @returns the sentence; undefined: it is not so, as far as known
 */
export function leftBehind({ survey, chosen }: Pick<FailoverFacts, 'survey' | 'chosen'>): string | undefined {
  if (!chosen.answered || chosen.inRecovery) return undefined;
  const { primary, standbys, sample } = survey;
  const atHome = [primary, ...standbys].filter((one) => one.answered);
  const newest = Math.max(sample?.timeline ?? 0, ...atHome.map((one) => one.timeline));
  if (chosen.timeline >= newest) return undefined;
  return `${chosen.service} takes writes on timeline ${chosen.timeline}, and ${primary.service} was on ${newest}: it has nothing of what was written there. Stop it (\`docker stop\`), and find out whom it has served`;
}
