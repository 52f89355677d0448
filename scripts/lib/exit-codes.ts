/** Exit codes of `dr`. The table in the help and in docs/cli.md is made from this list. */
import type { RunView } from '../../workflows/contracts/run-view';
import { notReady, removedEarly, unreached } from '../../workflows/contracts/words';

export const exitCodes = {
  ok: {
    code: 0,
    means:
      'done; of a run: it ended and met its objectives (or was a check or a copy that went through, or a kept copy that was removed)',
  },
  internal: { code: 1, means: 'the program itself failed in a way it did not foresee' },
  input: {
    code: 2,
    means: 'a value on the command line is wrong or names nothing that exists; nothing was started or changed',
  },
  refused: {
    code: 3,
    means:
      'refused: by pre-flight, the plan, or the run a message was sent to; or a check found what is missing; nothing was changed',
  },
  missed: {
    code: 4,
    means: 'the recovery was verified, but an objective (RTO or RPO) was missed or could not be measured',
  },
  gate: { code: 5, means: 'the run waits for an approval, or is paused' },
  held: { code: 6, means: 'the run is held at a failed step, or a guard needs a person' },
  ended: {
    code: 7,
    means: 'the run failed, was aborted, rejected or cancelled, nobody answered its gate, or nobody was reached',
  },
  unreachable: { code: 8, means: 'the control plane does not answer, or no worker listens' },
  locked: { code: 9, means: 'another run works on the same resource' },
  running: {
    code: 10,
    means: 'the run was still at work when the time given to follow it was over; a guard that watches always is',
  },
  interrupted: { code: 130, means: 'following was stopped with Ctrl-C; the run goes on' },
} as const;

export type ExitName = keyof typeof exitCodes;

/** How a run's state tells a script what to do next. */
export function exitOf(
  view: Pick<RunView, 'state' | 'verdict'> & Partial<Pick<RunView, 'procedure' | 'steps' | 'problems' | 'waitsOn'>>,
): number {
  if (removedEarly(view)) return exitCodes.ok.code;
  if (unreached(view)) return exitCodes.ended.code;
  if (notReady(view)) return exitCodes.refused.code;
  // A run that waits for another one is as far as that one is.
  const child = view.state === 'running' ? view.waitsOn?.[0] : undefined;
  return exitCodes[exitName(child ? { ...view, state: child.state } : view)].code;
}

function exitName({ state, verdict }: Pick<RunView, 'state' | 'verdict'>): ExitName {
  switch (state) {
    case 'completed':
      return verdict === 'missed' || verdict === 'unproven' ? 'missed' : 'ok';
    case 'refused':
      return 'refused';
    case 'waiting-approval':
    case 'paused':
      return 'gate';
    case 'held':
    case 'alarm':
      return 'held';
    case 'running':
    case 'watching':
    case 'undoing':
      return 'running';
    case 'rejected':
    case 'expired':
    case 'aborted':
    case 'cancelled':
    case 'failed':
      return 'ended';
  }
}

/** For the help of every command that starts a procedure. */
export const startExits =
  'Exit code: 0 met or done, 2 bad value, 3 refused, 4 objective missed, 5 at a gate, 6 held, 7 failed or undone, 8 no control plane, 9 locked, 10 still at work.';

/** For the end of `dr --help`. */
export const exitTable = (): string =>
  Object.values(exitCodes)
    .map(({ code, means }) => `  ${String(code).padStart(3)}  ${means}`)
    .join('\n');
