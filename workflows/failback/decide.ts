/** Phase "Decide": a person alone sends the clients home, on what both databases say a moment before. */
import type { ServerFacts } from '../contracts/cluster';
import { bytes, count, duration } from '../contracts/words';
import { lsnBytes } from '../contracts/wal';
import { rolesWith } from '../failover/promote';
import { silentServer, type Survey } from '../failover/survey';
import type { CardContent, GateDefinition } from '../kernel/gate';
import { gatePolicy } from '../kernel/gate-policy';
import type { Reprotected } from '../reprotect/member';
import { answered } from '../site/assess';
import { recordOf } from '../site/traffic';
import { chooseForSwitchover } from '../switchover/refusals';
import type { WayHome } from './context';

/** Both servers at one moment. */
export interface HomeFacts {
  survey: Survey;
  /** The server at home that is to be promoted. */
  chosen: ServerFacts;
  /** What speaks against it now. */
  against: string[];
}

/** Looks at the server that serves and at the one at home that follows it. */
export async function lookAtBoth(way: WayHome): Promise<HomeFacts> {
  const { cluster, door, home, onHome, there, onThere, standIn, primary } = way;
  const [serving, follower] = await Promise.all([
    seenOr({ service: standIn, site: there.name }, () =>
      onThere.urgent.surveyServer({ database: door.database, site: there, service: standIn }),
    ),
    seenOr({ service: primary, site: home.name }, () =>
      onHome.urgent.surveyServer({ database: cluster.home.database, site: home, service: primary }),
    ),
  ]);
  const survey = { at: rolesWith(cluster, standIn), primary: serving, standbys: [follower] };
  const { chosen, refusals } = chooseForSwitchover(survey, primary);
  return { survey, chosen: chosen ?? follower, against: refusals.map((one) => one.message) };
}

async function seenOr(of: { service: string; site: string }, ask: () => Promise<ServerFacts>): Promise<ServerFacts> {
  let problem = '';
  const facts = await answered(ask, (why) => (problem = why));
  return facts ?? { ...silentServer, ...of, problem };
}

export type HomeGate = GateDefinition<HomeFacts> & { latest: () => HomeFacts };

/**
 * The gate before clients are held. Both servers are looked at again after the answer.
 * @param budget longest time clients may be held, milliseconds
 */
export function homeGate(way: WayHome, first: HomeFacts, followed: Reprotected, budget: number): HomeGate {
  let latest = first;
  let shown = false;
  return {
    policy: gatePolicy(way.plan, 'site.failover', way.input),
    latest: () => latest,
    measure: async () => {
      if (shown) latest = await lookAtBoth(way);
      shown = true;
      return latest;
    },
    drifted: (before, now) => {
      if (now.against.length > 0) return now.against.join('; ');
      const [was, is] = [before.survey.primary, now.survey.primary];
      return was.timeline === is.timeline ? undefined : `the timeline was ${was.timeline}, is now ${is.timeline}`;
    },
    card: (facts) => card(way, facts, followed, budget),
  };
}

function card(
  way: WayHome,
  { survey, chosen, against }: HomeFacts,
  followed: Reprotected,
  budget: number,
): CardContent {
  const { home, there, plan, primary, standIn, system } = way;
  const { primary: serving } = survey;
  const { record } = recordOf({ plan, system });
  const lag = Math.max(0, lsnBytes(serving.receivedLsn) - lsnBytes(chosen.replayedLsn));
  const services = count(plan.services.length);
  return {
    title: `Serve from site ${home.name} again, in place of ${there.name}`,
    will: [
      `Hold the clients at the pooler of site ${there.name}; no transaction is cut.`,
      `Shut ${standIn} down in order and prove that ${primary} has its last record; else undo it.`,
      `Promote ${primary}, let clients in at site ${home.name}, and shut the gateway of site ${there.name}.`,
      `Open the gateway of site ${home.name} when the critical services answer; a client must get the pages of all ${services}.`,
      plan.traffic?.driver === 'command'
        ? `Send clients home: ${record}, by the program of the plan.`
        : `Ask a person to send clients home: ${record}.`,
      `Make ${standIn} a standby of ${primary}, stop the rest of site ${there.name}, and let the lock of the database go.`,
    ],
    loss: [
      { label: 'Rows', value: 'none: it is undone when the last record cannot be proven' },
      {
        label: 'Clients are held',
        value: `for a moment; it is undone when it would be longer than ${duration(budget)}`,
      },
      { label: 'Sessions', value: `what Redis of site ${home.name} holds; those of site ${there.name} end` },
    ],
    facts: [
      {
        label: 'Serves',
        value: `site ${there.name}: ${standIn} at ${serving.receivedLsn}, timeline ${serving.timeline}`,
      },
      { label: 'Follows', value: `${primary} at site ${home.name}, ${bytes(lag)} behind in replay` },
      { label: 'It came to follow', value: `${followed.how}, in ${duration(followed.durationMs)}` },
      { label: 'Oldest open transaction', value: duration(serving.oldestTransactionMs ?? 0) },
    ],
    tables: [],
    warnings: [
      ...against.map((one) => `NOT POSSIBLE NOW: ${one}.`),
      ...(plan.traffic?.driver === 'command'
        ? []
        : [`From the promotion until the record is changed nobody is served under ${record}: have the person there.`]),
      'Until the promotion every step is undone on an abort, and clients go on where they are. After it the way is forward.',
    ],
  };
}
