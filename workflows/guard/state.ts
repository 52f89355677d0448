/** What a guard knows from one moment to the next, and carries over when its history is begun anew. */
import type { FreezeMessage, GuardInput, GuardVerdict } from '../contracts/guard';
import type { PrimarySample } from '../contracts/cluster';

export type Carried = NonNullable<GuardInput['carried']>;

export class GuardState {
  lastFailoverAt: string | undefined;
  frozen: Carried['frozen'];
  /** Since when commits are acknowledged without the standby that the plan asks for. */
  exposedSince: string | undefined;
  /** What a person has to look at, and since when. */
  alarm: { verdict: GuardVerdict | 'lock' | 'failed'; text: string; since: string } | undefined;
  sample: PrimarySample | undefined;
  primary = '';

  constructor(carried: Carried = {}) {
    this.lastFailoverAt = carried.lastFailoverAt;
    this.frozen = carried.frozen;
    this.exposedSince = carried.exposedSince;
  }

  carry(): Carried {
    const { lastFailoverAt, frozen, exposedSince } = this;
    return {
      ...(lastFailoverAt ? { lastFailoverAt } : {}),
      ...(frozen ? { frozen } : {}),
      ...(exposedSince ? { exposedSince } : {}),
    };
  }

  freeze({ kind, forMs, by, reason }: FreezeMessage): void {
    const since = new Date().toISOString();
    const until = forMs === undefined ? undefined : new Date(Date.now() + forMs).toISOString();
    this.frozen = { kind, by, reason, since, ...(until ? { until } : {}) };
  }

  /** The freeze that holds now; one whose time is over has lifted itself. */
  get freezeNow(): Carried['frozen'] {
    if (this.frozen?.until !== undefined && Date.parse(this.frozen.until) <= Date.now()) this.frozen = undefined;
    return this.frozen;
  }
}
