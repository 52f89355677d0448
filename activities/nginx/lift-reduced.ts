import type { ReducedAt, ReducedOwner, ReducedPages, Switched } from '../../workflows/contracts/reduced';
import { whoHas } from '../../workflows/contracts/reduced';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { judgeAnswers } from './reduced-answers';
import { modesOn, removeMark } from './reduced-marks';

export interface LiftReduced extends ReducedAt {
  /** Whose modes are lifted: a run lifts its own, and what was left behind where it is told so. */
  whose: Exclude<ReducedOwner, 'runs'>[];
  pages: ReducedPages;
}

/**
 * Lifts modes of reduced functionality and proves by asking as a client does that none is on. A mode of another run that is
 * under way is left to that run. Without one that is on it changes nothing, and still asks.
 * @throws DR-REDUCED when clients still meet a mode
 */
export async function liftReduced(args: LiftReduced): Promise<Switched> {
  const { reduced, own, whose, pages } = args;
  return withHeartbeat('lifting reduced functionality', async (_beat, signal) => {
    const now = await modesOn(reduced, own);
    const meant = now.filter(({ owner }) => (whose as ReducedOwner[]).includes(owner));
    for (const { mode } of meant) await removeMark(reduced, mode);
    const lifted = meant.filter(({ owner }) => owner !== 'own');
    const stays = now.filter((one) => !meant.includes(one));
    if (stays.length > 0) return { lifted, asked: false, says: `${stays.map(whoHas).join('; ')}: that stays` };
    const answer = await judgeAnswers(args, undefined, pages, signal);
    if (answer.wrong !== undefined) throw drFailure('DR-REDUCED', answer.wrong, { retry: true });
    return { lifted, says: answer.says, asked: answer.asked };
  });
}
