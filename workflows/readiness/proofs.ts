/** Proofs as items: what was never verified, is stale, or failed. Pure. */
import type { Proof } from '../contracts/proof';
import type { ReadinessItem } from '../contracts/readiness';
import { area } from './items';

const proof = area('Proof');

/** One per claim of the plan. What is unproven is a warning: the day it was never tried is no fault of today. */
export const judgeProven = (proofs: Proof[]): ReadinessItem[] =>
  proofs.map(({ says, state, because, prove }) => {
    switch (state) {
      case 'verified':
        return proof.ok(says, because);
      case 'failed':
        return proof.failed(says, because, `Mend the cause, then: ${prove}`);
      case 'never':
        return proof.warning(says, `never verified: ${because}`, prove);
      case 'stale':
        return proof.warning(says, `stale: ${because}`, prove);
    }
  });
