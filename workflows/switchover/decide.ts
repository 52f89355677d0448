/** The gates of a switchover. A person opens both: a planned move has time to ask. */
import type { ServerFacts } from '../contracts/cluster';
import type { SwitchoverInput } from '../contracts/failover';
import type { Problem } from '../contracts/run-view';
import { bytes, duration } from '../contracts/words';
import { lsnBytes } from '../contracts/wal';
import type { GateDefinition } from '../kernel/gate';
import { gatePolicy } from '../kernel/gate-policy';
import type { Cluster } from '../failover/context';
import { look, type Survey } from '../failover/survey';
import { demandServing } from './not-graceful';
import { chooseForSwitchover } from './refusals';

export interface SwitchFacts {
  survey: Survey;
  chosen: ServerFacts;
  /** What speaks against it now; nothing when the gate opened. */
  against: string[];
}

export type SwitchGate = GateDefinition<SwitchFacts> & { latest: () => SwitchFacts };

/**
 * The gate of a switchover. Every server is looked at again before clients are held; a standby that may no longer be promoted
 * voids the approval. @param budget longest time clients may be held, milliseconds
 */
export function switchGate(
  cluster: Cluster,
  input: SwitchoverInput,
  first: Survey,
  chosen: ServerFacts,
  budget: number,
): SwitchGate {
  let latest: SwitchFacts = { survey: first, chosen, against: [] };
  let shown = false;
  return {
    policy: gatePolicy(cluster.plan, 'switchover.switch', input),
    latest: () => latest,
    measure: async () => {
      if (shown) {
        const survey = await look(cluster, {});
        demandServing(survey.primary);
        const again = chooseForSwitchover(survey, chosen.service);
        latest = { survey, chosen: again.chosen ?? chosen, against: again.refusals.map((one) => one.message) };
      }
      shown = true;
      return latest;
    },
    drifted: (before, now) => {
      if (now.against.length > 0) return now.against.join('; ');
      const [was, is] = [before.survey.primary, now.survey.primary];
      if (was.service !== is.service) return `the primary was ${was.service}, is now ${is.service}`;
      return was.timeline === is.timeline ? undefined : `the timeline was ${was.timeline}, is now ${is.timeline}`;
    },
    card: ({ survey: { primary }, chosen: to, against }) => ({
      title: `Move the primary from ${primary.service} to ${to.service}`,
      will: [
        'Hold the clients at the pooler; no transaction is cut.',
        `Shut ${primary.service} down in order and prove that ${to.service} has its last record.`,
        `Promote ${to.service}, send the clients there, write through the client path.`,
        `Start ${primary.service} as its standby.`,
      ],
      loss: [
        { label: 'Rows', value: 'none: it is undone when the last record cannot be proven' },
        {
          label: 'Clients wait',
          value: `for a moment; it is undone when it would be longer than ${duration(budget)}`,
        },
      ],
      facts: [
        { label: 'Primary', value: `${primary.service} at ${primary.receivedLsn}, timeline ${primary.timeline}` },
        {
          label: 'Standby',
          value: `${to.service}, ${bytes(Math.max(0, lsnBytes(primary.receivedLsn) - lsnBytes(to.replayedLsn)))} behind in replay`,
        },
        { label: 'Oldest open transaction', value: duration(primary.oldestTransactionMs ?? 0) },
      ],
      tables: [],
      warnings: [
        ...against.map((one) => `NOT POSSIBLE NOW: ${one}.`),
        'Until the promotion every step is undone on an abort; after it the way back is another switchover.',
      ],
    }),
  };
}

/** "The planned way is not possible any more: go on as a failover?" */
export function ungracefulGate(
  cluster: Cluster,
  input: SwitchoverInput,
  survey: Survey,
  problem: Problem,
): GateDefinition<{ primary: string; problem: string }> {
  const { primary } = survey;
  return {
    policy: gatePolicy(cluster.plan, 'failover.promote', input),
    measure: () => Promise.resolve({ primary: primary.service, problem: primary.problem ?? 'it is in recovery' }),
    drifted: () => undefined,
    card: (facts) => ({
      title: `${facts.primary} does not serve any more: go on as a failover?`,
      will: ['Look at every server again.', 'Open the card of the failover with what would be lost.'],
      loss: [{ label: 'Nothing yet', value: 'the next card shows the loss' }],
      facts: [
        { label: 'Why not in order', value: problem.message },
        { label: facts.primary, value: facts.problem },
      ],
      tables: [],
      warnings: ['Whatever the switchover had done is undone; the clients are not held.'],
    }),
  };
}
