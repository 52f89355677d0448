import type { Approval } from '../contracts/approval';
import { recoveryLock } from '../contracts/names';
import { systemResource } from '../contracts/system';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import { judgeEnd, procedureOf, type Drill, type Loss } from './context';

/** Part "Loss of everything": every container of the copy is killed, and a full-system recovery brings all of it back. */
export const loseEverything: Loss = {
  will: () => 'Kill every container.',
  lose,
};

async function lose(run: Run, drill: Drill, approval: Approval): Promise<Criterion[]> {
  run.phase('Lose everything');
  const { copy, on } = drill;
  const killed = await run.irreversible('Kill every container of the copy', approval, ({ reference }) =>
    run.change('Kill everything', () => on.brief.killEverything({ ...copy, approval: reference }), {
      outcome: (services) => `${services.length} containers`,
    }),
  );
  const child = procedureOf(drill, {
    procedure: 'fullSystemRecovery',
    lock: recoveryLock(systemResource),
    input: { tell: false },
    onCopy: true,
  });
  const end = await run.childResult('Recover the whole copy', child);
  const name = 'Recovery of everything';
  if (killed.length === 0) return [{ name, ok: false, says: 'nothing of the copy ran, so nothing was lost' }];
  const idle = 'report' in end && end.report.result['needed'] === false;
  return idle
    ? [{ name, ok: false, says: 'everything was killed, and the recovery found it well' }]
    : judgeEnd(name, end);
}
