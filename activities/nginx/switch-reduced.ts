import type { ReducedAt, ReducedMode, ReducedPages, Switched } from '../../workflows/contracts/reduced';
import { whoHas } from '../../workflows/contracts/reduced';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { judgeAnswers } from './reduced-answers';
import { modesOn, removeMark, writeMark } from './reduced-marks';

export interface SwitchReduced extends ReducedAt {
  mode: ReducedMode;
  pages: ReducedPages;
  by: string;
  reason: string;
  /** UTC; when the run lifts it at the latest. */
  until?: string;
  /** The gateway may be down or about to be opened: what clients get is asked later, by the same call without this. */
  askLater?: boolean;
}

/**
 * Switches a mode of reduced functionality on, in the name of the run that asks, and proves it by asking as a client does. What
 * a run that has ended left behind is taken over. It cannot lose data and is undone by `liftReduced`, so no approval is asked.
 * @throws DR-REDUCED where another run, or a person by hand, has a mode on; where clients get something else than they should
 */
export async function switchReduced(args: SwitchReduced): Promise<Switched> {
  const { reduced, own, mode, pages, by, reason, until, askLater } = args;
  return withHeartbeat(`switching ${mode} on`, async (_beat, signal) => {
    const now = await modesOn(reduced, own);
    const foreign = now.find(({ owner }) => owner === 'runs' || owner === 'by-hand');
    if (foreign)
      throw drFailure('DR-REDUCED', `${whoHas(foreign)}; two would not know when to lift it`, {
        next: 'Lift that one first: `dr reduce off`, or abort the run that has it.',
      });
    if (!now.some((one) => one.owner === 'own' && one.mode === mode))
      await writeMark(reduced, {
        mode,
        ...own,
        since: new Date().toISOString(),
        by,
        reason,
        ...(until === undefined ? {} : { until }),
      });
    const others = now.filter((one) => one.mode !== mode);
    for (const other of others) await removeMark(reduced, other.mode);
    const lifted = now.filter(({ owner }) => owner === 'ended');
    if (askLater) return { lifted, says: 'it is on; clients are asked later', asked: false };
    const answer = await judgeAnswers(args, mode, pages, signal);
    if (answer.wrong !== undefined) throw drFailure('DR-REDUCED', answer.wrong, { retry: true });
    return { lifted, says: answer.says, asked: answer.asked };
  });
}
