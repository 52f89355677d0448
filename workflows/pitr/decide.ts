/** Phase 3: the gate. Its card shows the loss for real, measured when it opens and again before anything is moved. */
import type { Plan } from '../../plan';
import type { DatabaseFacts, Loss } from '../contracts/recovery';
import { parseOutside } from '../contracts/outside';
import { describeTarget, targetSchema } from '../contracts/pitr';
import type { CardContent, GateDefinition } from '../kernel/gate';
import type { SiteProxies } from '../kernel/site';
import type { Recovery } from './context';
import { amcheckWords, damageOf, type Prepared } from './restore';
import { bytes, count, duration, known } from '../contracts/words';

/** What the approval is bound to. */
export interface CutOverFacts {
  /** The copy and the server it replaces: any change voids the approval. */
  copy: { volume: string; replayLsn: string; timeline: number; paused: boolean };
  damaged: { container: string; volume: string; systemIdentifier: string; timeline: number; answered: boolean };
  loss: Loss;
}

/**
 * The gate of a cut-over. Measuring also renews what is known of the damaged server: once approved, that one is fenced.
 * Expires after the input's `approvalTimeoutMs`, else the policy's, else 30 minutes.
 */
export function cutOverGate(on: SiteProxies, recovery: Recovery, prepared: Prepared): GateDefinition<CutOverFacts> {
  const policy = policyOf(recovery);
  return {
    policy: {
      approvers: policy?.approvers ?? [],
      expiresMs: recovery.input.approvalTimeoutMs ?? policy?.expires ?? 30 * 60_000,
      onExpiry: 'reject',
    },
    measure: async () => {
      const [loss, damaged] = await Promise.all([
        on.probe.measureLoss({ ...recovery.at, copy: prepared.copy, ...lastKnown(prepared) }),
        on.probe.readDatabase(recovery.at),
      ]);
      // Recreated, or on another volume, since the pre-flight: once approved, that is the server to fence and to go back to.
      prepared.damaged = damaged;
      prepared.damagedVolume = damaged.container?.dataVolume ?? prepared.damagedVolume;
      return { copy: pick(prepared, loss), damaged: identity(damaged), loss };
    },
    card: (facts) => {
      prepared.shown = facts.loss;
      return card(recovery, prepared, facts);
    },
    drifted: (approved, now) => drift(approved, now, tolerated(recovery)),
    retarget: retargetObjection,
  };
}

/** What may be chosen at the gate: any target the input would take. */
function retargetObjection(target: unknown): string | undefined {
  const parsed = parseOutside(targetSchema, target, 'target');
  return parsed.ok ? undefined : parsed.faults.join('; ');
}

/** The copy as it stands now: somebody may have read it with more than their eyes. */
const pick = ({ copy }: Prepared, loss: Loss): CutOverFacts['copy'] => ({
  volume: copy.volume,
  replayLsn: loss.copyLsn,
  timeline: copy.timeline,
  paused: loss.copyPaused,
});

const identity = (facts: DatabaseFacts): CutOverFacts['damaged'] => ({
  container: facts.container?.id ?? '',
  volume: facts.container?.dataVolume ?? '',
  systemIdentifier: facts.systemIdentifier,
  timeline: facts.timeline,
  answered: facts.answered,
});

/** For a server that no longer answers: the last commit that was seen on it. */
export const lastKnown = ({ damaged }: Prepared): { lastKnown?: { lastCommitAt: string } } =>
  damaged.lastCommitAt ? { lastKnown: { lastCommitAt: damaged.lastCommitAt } } : {};

/** How much more loss the policy tolerates before an approval is void. */
export function tolerated(recovery: Recovery): { seconds: number; transactions: number } {
  return policyOf(recovery)?.driftTolerance ?? { seconds: 0, transactions: 0 };
}

const policyOf = (recovery: Recovery): Plan['approvals'][number] | undefined =>
  recovery.plan.approvals.find((one) => one.gate === 'pitr.cut-over');

/** Which fact no longer holds. Growth of the loss within the policy's tolerance is expected: people take time to read. */
export function drift(
  approved: CutOverFacts,
  now: CutOverFacts,
  tolerance: { seconds: number; transactions: number },
): string | undefined {
  for (const part of ['copy', 'damaged'] as const) {
    for (const [name, before] of Object.entries(approved[part])) {
      const after = (now[part] as unknown as Record<string, unknown>)[name];
      if (after !== before)
        return `${name} of the ${part === 'copy' ? 'copy' : 'damaged server'} was ${String(before)}, is now ${String(after)}`;
    }
  }
  return lossDrift(approved.loss, now.loss, tolerance);
}

/** Growth of the loss beyond what the policy tolerates. */
export function lossDrift(
  approved: Loss,
  now: Loss,
  tolerance: { seconds: number; transactions: number },
): string | undefined {
  const more = (
    name: 'transactions' | 'windowMs',
    limit: number,
    show: (value: number) => string,
  ): string | undefined => {
    const before = approved[name];
    const after = now[name];
    if (before === null || after === null || after - before <= limit) return undefined;
    return `the loss was ${show(before)}, is now ${show(after)}; the plan tolerates ${show(limit)} more`;
  };
  return (
    more('transactions', tolerance.transactions, (value) => `${count(value)} transactions`) ??
    more('windowMs', tolerance.seconds, duration)
  );
}

function card(recovery: Recovery, prepared: Prepared, { loss }: CutOverFacts): CardContent {
  const { at, tier } = recovery;
  const { copy, inspection, target, damagedVolume } = prepared;
  const retention = duration(at.database.damagedVolumeRetention);
  return {
    title: `Replace ${at.database.name} by its copy at ${describeTarget(target)}`,
    will: [
      'Pause the clients at the pooler.',
      `Stop server ${at.database.service} and prove that it takes no writes.`,
      `Promote the copy (${copy.volume}) and start it in the server's place.`,
      'Write to it directly, let the clients in, write through the client path.',
      'Check the archive, take a full backup that expires nothing, rebuild the standby.',
    ],
    loss: [
      {
        label: 'Time',
        value: known(loss.windowMs, (ms) => `${duration(ms)} of commits after ${loss.lastCommitCopy ?? 'the target'}`),
      },
      {
        label: 'WAL',
        value: known(loss.lsnBytes, (size) => `${bytes(size)} (${loss.copyLsn} → ${loss.damagedLsn ?? '?'})`),
      },
      { label: 'Transactions', value: known(loss.transactions, count) },
      {
        label: 'RPO of tier ' + tier.name,
        value: known(
          loss.windowMs,
          (ms) => `${ms <= tier.rpo ? 'kept' : 'MISSED'}: ${duration(ms)} of ${duration(tier.rpo)}`,
        ),
      },
    ],
    facts: [
      { label: 'Copy stopped at', value: `${copy.replayLsn}; ${copy.logLine}` },
      { label: 'Last commit in the copy', value: known(copy.lastCommitAt, (when) => when) },
      {
        label: 'First commit not in it',
        value: known(copy.firstExcluded, (one) => `transaction ${one.xid}${one.at ? ` at ${one.at}` : ''}`),
      },
      { label: 'amcheck', value: amcheckWords(inspection) },
      ...inspection.businessQueries.map((one) => ({
        label: one.name,
        value: `${known(one.value, count)}${one.ok ? '' : `, expected ${one.expected}`}${one.note ? ` (${one.note})` : ''}`,
      })),
    ],
    tables: [
      {
        title: 'Rows per table',
        columns: ['table', 'now', 'after', 'note'],
        rows: inspection.tables.map((one) => [
          one.table,
          known(one.now, count),
          known(one.after, count),
          one.note ?? '',
        ]),
      },
    ],
    warnings: [
      ...damageOf(inspection).map(
        (finding) => `DAMAGE in the copy, accepted by the one who skipped the inspection: ${finding}.`,
      ),
      ...(inspection.amcheck.checked ? [] : ['The indexes and pages of the copy were not checked with amcheck.']),
      'Until the clients are let in every step is undone on an abort; after that there is no way back but another recovery.',
      `The damaged data stays untouched in volume ${damagedVolume} for ${retention}; rows committed after the target can be read from it.`,
    ],
  };
}
