/** Phase 3: the gate. Its card shows the loss for real, measured when it opens and again before anything is moved. */
import type { DatabaseFacts, Loss } from '../contracts/recovery';
import { parseOutside } from '../contracts/outside';
import { describeTarget, targetSchema } from '../contracts/pitr';
import type { CardContent, GateDefinition } from '../kernel/gate';
import type { SiteProxies } from '../kernel/site';
import type { Recovery } from './context';
import type { Prepared } from './restore';
import { bytes, count, duration, known } from '../contracts/words';

/** What the approval is bound to. */
export interface CutOverFacts {
  /** The copy and the server it replaces: any change voids the approval. */
  copy: { volume: string; replayLsn: string; timeline: number };
  damaged: { container: string; volume: string; systemIdentifier: string; timeline: number; answered: boolean };
  loss: Loss;
}

export function cutOverGate(on: SiteProxies, recovery: Recovery, prepared: Prepared): GateDefinition<CutOverFacts> {
  const policy = recovery.plan.approvals.find((one) => one.gate === 'pitr.cut-over');
  const tolerance = policy?.driftTolerance ?? { seconds: 0, transactions: 0 };
  return {
    policy: {
      approvers: policy?.approvers ?? [],
      expiresMs: recovery.input.approvalTimeoutMs ?? policy?.expires ?? 30 * 60_000,
      onExpiry: 'reject',
    },
    measure: async () => {
      const [loss, damaged] = await Promise.all([
        on.probe.measureLoss({ ...recovery.at, copy: prepared.copy }),
        on.probe.readDatabase(recovery.at),
      ]);
      // Recreated, or on another volume, since the pre-flight: once approved, that is the server to fence and to go back to.
      prepared.damaged = damaged;
      prepared.damagedVolume = damaged.container?.dataVolume ?? prepared.damagedVolume;
      return { copy: pick(prepared), damaged: identity(damaged), loss };
    },
    card: (facts) => card(recovery, prepared, facts),
    drifted: (approved, now) => drift(approved, now, tolerance),
    retarget: retargetObjection,
  };
}

/** What may be chosen at the gate: any target the input would take. */
function retargetObjection(target: unknown): string | undefined {
  const parsed = parseOutside(targetSchema, target, 'target');
  return parsed.ok ? undefined : parsed.faults.join('; ');
}

const pick = ({ copy }: Prepared): CutOverFacts['copy'] => ({
  volume: copy.volume,
  replayLsn: copy.replayLsn,
  timeline: copy.timeline,
});

const identity = (facts: DatabaseFacts): CutOverFacts['damaged'] => ({
  container: facts.container?.id ?? '',
  volume: facts.container?.dataVolume ?? '',
  systemIdentifier: facts.systemIdentifier,
  timeline: facts.timeline,
  answered: facts.answered,
});

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
  const more = (
    name: 'transactions' | 'windowMs',
    limit: number,
    show: (value: number) => string,
  ): string | undefined => {
    const before = approved.loss[name];
    const after = now.loss[name];
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
      {
        label: 'amcheck',
        value: `${inspection.amcheck.relations} relations clean${inspection.amcheck.skipped.length ? `; after promotion: ${inspection.amcheck.skipped.join(', ')}` : ''}`,
      },
      ...inspection.businessQueries.map((one) => ({
        label: one.name,
        value: `${known(one.value, count)}${one.ok ? '' : `, expected ${one.expected}`}`,
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
      'Until the clients are let in every step is undone on an abort; after that there is no way back but another recovery.',
      `The damaged data stays untouched in volume ${damagedVolume} for ${retention}; rows committed after the target can be read from it.`,
    ],
  };
}
