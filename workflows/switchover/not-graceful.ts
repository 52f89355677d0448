import type { ServerFacts } from '../contracts/cluster';
import type { Problem } from '../contracts/run-view';

/** The graceful way could not be gone to its end; nothing was promoted. */
export class NotGraceful extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** A planned move needs a primary that works to its end. */
export const serves = (primary: ServerFacts): boolean => primary.answered && !primary.inRecovery;

/** @throws NotGraceful when the primary does not serve any more: no card of a planned move can be approved then */
export function demandServing(primary: ServerFacts): void {
  if (serves(primary)) return;
  throw new NotGraceful({
    code: 'DR-DATABASE-DOWN',
    message: `primary ${primary.service} ${primary.answered ? 'is in recovery, read-only' : `does not answer: ${primary.problem ?? 'no reason known'}`}`,
    next: 'Go on as a failover, or mend it and start again.',
  });
}
