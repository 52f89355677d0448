/** How a run leaves its normal course. Thrown inside a procedure, caught by the kernel; none of them is a bug. */
import type { Refusal } from '../contracts/recovery';
import type { RunState } from '../contracts/run-view';
import type { DrCode } from '../contracts/errors';

/** The run is over, for a reason a person can read. */
export class Ended extends Error {
  constructor(
    readonly state: Extract<RunState, 'refused' | 'rejected' | 'expired' | 'aborted' | 'failed'>,
    readonly code: DrCode,
    message: string,
    readonly refusals: Refusal[] = [],
  ) {
    super(message);
  }
}

/** At an open gate the operator chose another target instead of an answer. */
export class Retargeted extends Error {
  constructor(readonly target: unknown) {
    super('another target was chosen');
  }
}
