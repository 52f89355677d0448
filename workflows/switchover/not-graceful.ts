import type { ServerFacts } from '../contracts/cluster';
import type { Problem } from '../contracts/run-view';
import { serves, whyNotServing } from '../failover/serving';

/** The graceful way could not be gone to its end; nothing was promoted. */
export class NotGraceful extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** @throws NotGraceful when the primary does not serve any more: no card of a planned move can be approved then */
export function demandServing(primary: ServerFacts): void {
  if (serves(primary)) return;
  throw new NotGraceful({
    code: 'DR-DATABASE-DOWN',
    message: whyNotServing(primary),
    next: 'Go on as a failover, or mend it and start again.',
  });
}
