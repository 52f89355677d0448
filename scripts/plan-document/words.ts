import type { ProofState } from '../../workflows/contracts/proof';
import type { Tone } from '../../workflows/contracts/words';

/** States of a proof for people. */
export const stateWords: Record<ProofState, { words: string; tone: Tone }> = {
  verified: { words: 'verified', tone: 'good' },
  stale: { words: 'stale', tone: 'warn' },
  never: { words: 'never verified', tone: 'warn' },
  failed: { words: 'FAILED', tone: 'bad' },
};
