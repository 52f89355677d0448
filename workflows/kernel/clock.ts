import type { ObjectivesView } from '../contracts/run-view';

/** Time in which a run could do nothing but wait for a person: gates, holds, pauses; from its first moment on. */
export class HumanTime {
  private ended = 0;
  private waiters = 0;
  private since = 0;

  /** Counts `wait`. Waits that overlap count once. */
  async during<T>(wait: () => Promise<T>): Promise<T> {
    if (this.waiters++ === 0) this.since = Date.now();
    try {
      return await wait();
    } finally {
      if (--this.waiters === 0) this.ended += Date.now() - this.since;
    }
  }

  /** Milliseconds so far. */
  get total(): number {
    return this.ended + (this.waiters > 0 ? Date.now() - this.since : 0);
  }
}

/**
 * The objectives clock: detect → declare → approve (human time, apart) → act → verify. It runs from the declaration,
 * stops when a committed write came back through the client path, and keeps apart the time in which the run could do
 * nothing but wait for a person. Reads `Date.now()`, which inside a workflow is the time of its history.
 */
export class ObjectivesClock {
  private verifiedAt: number | undefined;
  private humanWhenVerified = 0;
  private achievedRpo: number | undefined;
  private disasterAt: number | undefined;

  /** @param declaredAt start of the run, milliseconds since 1970 */
  constructor(
    private readonly tier: { name: string; rto: number; rpo: number },
    private readonly declaredAt: number,
    private readonly humanTime: HumanTime,
  ) {}

  disaster(at: string): void {
    this.disasterAt = Date.parse(at);
  }

  /** The thing is verified: RTO stops here. @param rpo measured loss window, milliseconds; null when it cannot be known */
  verified(rpo: number | null): void {
    this.verifiedAt = Date.now();
    this.humanWhenVerified = this.humanTime.total;
    if (rpo !== null) this.achievedRpo = rpo;
  }

  /** `unproven`: in time, but how much was lost could not be measured. */
  get verdict(): 'none' | 'met' | 'missed' | 'unproven' {
    const { rtoMet, rpoMet } = this.view();
    if (rtoMet === undefined) return 'none';
    if (!rtoMet || rpoMet === false) return 'missed';
    return rpoMet ? 'met' : 'unproven';
  }

  view(): ObjectivesView {
    const until = this.verifiedAt ?? Date.now();
    const human = this.verifiedAt === undefined ? this.humanTime.total : this.humanWhenVerified;
    const elapsed = until - this.declaredAt;
    const iso = (at: number): string => new Date(at).toISOString();
    return {
      tier: this.tier.name,
      rto: this.tier.rto,
      rpo: this.tier.rpo,
      declaredAt: iso(this.declaredAt),
      human,
      elapsed,
      machine: elapsed - human,
      ...(this.disasterAt === undefined ? {} : { disasterAt: iso(this.disasterAt) }),
      ...(this.verifiedAt === undefined
        ? {}
        : { verifiedAt: iso(this.verifiedAt), achievedRto: elapsed, rtoMet: elapsed <= this.tier.rto }),
      ...(this.achievedRpo === undefined
        ? {}
        : { achievedRpo: this.achievedRpo, rpoMet: this.achievedRpo <= this.tier.rpo }),
    };
  }
}
