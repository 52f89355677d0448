/** Phase 2: the gate. The policy answers where nothing is in doubt; a person where something is. */
import { gatePolicy } from '../kernel/gate-policy';
import type { LossEstimate, ServerFacts } from '../contracts/cluster';
import type { FailoverInput } from '../contracts/failover';
import { bytes, count, duration, known } from '../contracts/words';
import type { CardContent, GateDefinition } from '../kernel/gate';
import type { Cluster } from './context';
import { choose, type Wanted } from './candidates';
import { estimateLoss } from './estimate';
import { look, type Survey } from './survey';

export interface FailoverFacts {
  survey: Survey;
  chosen: ServerFacts;
  loss: LossEstimate;
}

/** Facts of one moment; they are measured again only when the answer took longer than this. */
const freshMs = 2_000;

/** The gate, and the facts that its last answer was given to. */
export type PromoteGate = GateDefinition<FailoverFacts> & { latest: () => FailoverFacts };

/**
 * The gate of a failover. Every server is looked at again before the promotion, and the standby of the card is judged as it is
 * then; `latest` has what was seen last. Expires after the input's `approvalTimeoutMs`, else the policy's, else 10 minutes.
 */
export function promoteGate(cluster: Cluster, input: FailoverInput, first: FailoverFacts): PromoteGate {
  const policy = cluster.plan.approvals.find((one) => one.gate === 'failover.promote');
  let latest = first;
  let shown = false;
  return {
    latest: () => latest,
    freshMs,
    policy: gatePolicy(cluster.plan, 'failover.promote', input, 10 * 60_000),
    measure: async () => {
      // The first card shows what has just been looked at.
      if (shown) latest = await measureAgain(cluster, input, first);
      shown = true;
      return latest;
    },
    card: (facts) => card(cluster, input, facts),
    drifted: (approved, now) => drifted(approved, now, policy?.driftTolerance ?? { seconds: 0, transactions: 0 }),
    answer: (facts) => policyAnswer(cluster, input, facts),
  };
}

/** The standby that was on the card, as it is now: another choice is another card. */
async function measureAgain(cluster: Cluster, input: FailoverInput, first: FailoverFacts): Promise<FailoverFacts> {
  // Without the sighting: by now a person may have taken an hour, and a primary that is back deserves the usual patience.
  const survey = await look(cluster, input.sample ? { sample: input.sample } : {});
  const chosen = survey.standbys.find((one) => one.service === first.chosen.service) ?? first.chosen;
  return { survey, chosen, loss: estimateLoss(survey.sample, chosen, lostBy(cluster, input)) };
}

/** Since when the primary gives no sign, UTC, as far as anybody said so. */
export const silentSince = (input: FailoverInput): string | undefined => input.sighting?.seenAt ?? input.disasterAt;

/** Latest moment at which the primary can have been lost: who starts a failover without saying when has seen it gone. */
export const lostBy = ({ began }: Cluster, input: FailoverInput): string => silentSince(input) ?? began;

/** What the standbys are judged by. */
export function wantedOf(cluster: Cluster, input: FailoverInput, { primary, sample }: Survey): Wanted {
  const known = primary.answered ? primary : sample;
  return {
    ...(known ? { systemIdentifier: known.systemIdentifier, timeline: known.timeline } : {}),
    fromSample: !primary.answered,
    ...(known?.heartbeatAt ? { heartbeatAt: known.heartbeatAt } : {}),
    maxSilenceMs: cluster.home.database.failover.standbyMaxSilence,
    ...(input.to === undefined ? {} : { named: input.to }),
  };
}

/** The standby to promote among those that were looked at, and why not the others. */
export const chooseFrom = (cluster: Cluster, input: FailoverInput, survey: Survey): ReturnType<typeof choose> =>
  choose(survey.standbys, wantedOf(cluster, input, survey));

/** Why the policy may not answer; undefined when it may. */
export function doubt(cluster: Cluster, input: FailoverInput, { survey, loss }: FailoverFacts): string | undefined {
  const { primary } = survey;
  const { tier } = cluster;
  if (!cluster.home.database.failover.automatic) return 'the plan leaves every failover to a person';
  if (!input.policyMayAnswer) return 'whoever started this run left the decision to a person';
  if (input.to !== undefined) return `standby ${input.to} was named by hand`;
  if (primary.answered) return `the primary ${primary.service} answers: a failover would cut off a server that works`;
  if (!primary.engineAnswered)
    return `the Docker engine of site ${primary.site} does not answer, so that the fence cannot be proven: ${primary.problem ?? ''}`;
  if (loss.ms === null) return `the loss cannot be estimated: ${loss.basis}`;
  if (loss.ms > tier.rpo)
    return `the standby lags: up to ${duration(loss.ms)} would be lost, tier ${tier.name} allows ${duration(tier.rpo)}`;
  return undefined;
}

function policyAnswer(cluster: Cluster, input: FailoverInput, facts: FailoverFacts): string | undefined {
  if (doubt(cluster, input, facts) !== undefined) return undefined;
  return `policy of the plan: the primary is gone, its engine answers, at most ${known(facts.loss.ms, duration)} is lost, ${duration(cluster.tier.rpo)} is allowed`;
}

function drifted(
  approved: FailoverFacts,
  now: FailoverFacts,
  tolerance: { seconds: number; transactions: number },
): string | undefined {
  const primary = [approved.survey.primary, now.survey.primary] as const;
  if (primary[0].service !== primary[1].service)
    return `the primary was ${primary[0].service}, is now ${primary[1].service}`;
  if (!primary[0].answered && primary[1].answered) return `the primary ${primary[1].service} answers again`;
  if (!now.chosen.answered || !now.chosen.inRecovery)
    return `${now.chosen.service} was a standby that answered, and is not any more: ${now.chosen.problem ?? 'it takes writes'}`;
  if (approved.chosen.timeline !== now.chosen.timeline)
    return `${now.chosen.service} was on timeline ${approved.chosen.timeline}, is now on ${now.chosen.timeline}`;
  const [before, after] = [approved.loss, now.loss];
  if (before.ms !== null && (after.ms === null || after.ms - before.ms > tolerance.seconds))
    return `the loss was ${duration(before.ms)}, is now ${known(after.ms, duration)}; the plan tolerates ${duration(tolerance.seconds)} more`;
  if (
    before.transactions !== null &&
    after.transactions !== null &&
    after.transactions - before.transactions > tolerance.transactions
  )
    return `the loss was ${count(before.transactions)} transactions, is now ${count(after.transactions)}`;
  return undefined;
}

function card(cluster: Cluster, input: FailoverInput, facts: FailoverFacts): CardContent {
  const { survey, chosen, loss } = facts;
  const { primary } = survey;
  const why = doubt(cluster, input, facts);
  return {
    title: `Promote ${chosen.service} in place of ${primary.service}`,
    will: [
      'Hold the clients at the pooler.',
      `Stop ${primary.service} for good and prove that it takes no writes; it comes back as a standby at most.`,
      `Give ${chosen.service} the WAL that ${primary.service} still has on its volume, where that can be read.`,
      `Promote ${chosen.service}, send the clients to it, write through the client path.`,
      'Restart the services that hold the address themselves, by tier; complete the archive.',
    ],
    loss: [
      { label: 'Time, at most', value: known(loss.ms, duration) },
      { label: 'WAL the standby has not', value: known(loss.bytes, bytes) },
      { label: 'Transactions', value: known(loss.transactions, count) },
      {
        label: `RPO of tier ${cluster.tier.name}`,
        value: known(
          loss.ms,
          (ms) => `${ms <= cluster.tier.rpo ? 'kept' : 'MISSED'}: ${duration(ms)} of ${duration(cluster.tier.rpo)}`,
        ),
      },
      {
        label: 'Can be salvaged',
        value: primary.engineAnswered
          ? 'probably everything: the volume of the lost server can be reached'
          : 'nothing: its engine does not answer',
      },
    ],
    facts: [
      {
        label: 'Primary',
        value: primary.answered ? `ANSWERS, writes at ${primary.receivedLsn}` : (primary.problem ?? 'does not answer'),
      },
      {
        label: 'Standby',
        value: `received ${chosen.receivedLsn}, replayed ${chosen.replayedLsn}, timeline ${chosen.timeline}`,
      },
      { label: 'Loss estimated from', value: loss.basis },
      ...(input.sighting?.reasons.map((reason) => ({ label: 'Seen by the guard', value: reason })) ?? []),
    ],
    tables: [],
    warnings: [
      ...(why === undefined ? [] : [`The policy does not answer: ${why}.`]),
      ...(primary.answered ? [`${primary.service} works. For a planned move use a switchover: it loses nothing.`] : []),
      'Until the promotion every step is undone on an abort. After it the old primary can only follow.',
    ],
  };
}
