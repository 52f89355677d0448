/** What a guard knows from one moment to the next, and carries over when its history is begun anew. */
import type { FreezeMessage, GuardInput } from '../contracts/guard';
import type { PrimarySample } from '../contracts/cluster';

export type Carried = NonNullable<GuardInput['carried']>;

/** The memory of one guard. @param carried what the execution before it handed on; nothing for the first */
export class GuardState {
  lastFailoverAt: string | undefined;
  frozen: Carried['frozen'];
  /** Since when commits are acknowledged without the standby that the plan asks for. */
  exposedSince: string | undefined;
  /** After a failover that did not succeed: until when none is started; without a time not before all is well again. */
  holdOff: Carried['holdOff'];
  /** Before when no reprotection is begun again, milliseconds since 1970. */
  reprotectAgainAt: number | undefined;
  /** When commits that wait for a standby that is gone are let through alone, milliseconds since 1970. */
  degradeAt: number | undefined;
  /** What a person has to look at, and since when. */
  alarm: Carried['alarm'];
  sample: PrimarySample | undefined;
  /** Sites whose observer reaches nothing, or is gone: nobody listens to it until it sees something again. */
  readonly blind = new Set<string>();

  constructor(carried: Carried = {}) {
    this.lastFailoverAt = carried.lastFailoverAt;
    this.frozen = carried.frozen;
    this.exposedSince = carried.exposedSince;
    // A failover that a person has rejected must not be proposed again because a history was long.
    this.holdOff = carried.holdOff;
    this.reprotectAgainAt = carried.reprotectAgainAt;
    this.alarm = carried.alarm;
  }

  carry(): Carried {
    const { lastFailoverAt, frozen, exposedSince, holdOff, reprotectAgainAt, alarm } = this;
    return {
      ...(lastFailoverAt ? { lastFailoverAt } : {}),
      ...(frozen ? { frozen } : {}),
      ...(exposedSince ? { exposedSince } : {}),
      ...(holdOff ? { holdOff } : {}),
      ...(reprotectAgainAt === undefined ? {} : { reprotectAgainAt }),
      ...(alarm ? { alarm } : {}),
    };
  }

  freeze({ kind, forMs, by, reason }: FreezeMessage): void {
    const now = Date.now();
    const since = new Date(now).toISOString();
    const until = forMs === undefined ? undefined : new Date(now + forMs).toISOString();
    this.frozen = { kind, by, reason, since, ...(until ? { until } : {}) };
  }

  /** No failover is started now, because the last one did not succeed. */
  get heldOff(): boolean {
    return this.holdOff !== undefined && Date.now() < Date.parse(this.holdOff.until ?? '9999-12-31T00:00:00Z');
  }

  /** The freeze that holds now; one whose time is over has lifted itself. */
  get freezeNow(): Carried['frozen'] {
    if (this.frozen?.until !== undefined && Date.parse(this.frozen.until) <= Date.now()) this.frozen = undefined;
    return this.frozen;
  }
}
