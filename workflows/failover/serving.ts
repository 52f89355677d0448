/** Does a primary take writes, and why not. Pure. */
import type { ServerFacts } from '../contracts/cluster';

/** A primary that answers and is not in recovery. */
export const serves = (primary: ServerFacts): boolean => primary.answered && !primary.inRecovery;

/** The sentence for one that does not serve. */
export const whyNotServing = (primary: ServerFacts): string =>
  `primary ${primary.service} ${primary.answered ? 'is in recovery, read-only' : `does not answer: ${primary.problem ?? 'no reason known'}`}`;
