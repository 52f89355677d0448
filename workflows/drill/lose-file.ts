import type { Approval } from '../contracts/approval';
import { backupLock, configurationResource, recoveryLock } from '../contracts/names';
import { describeEnd } from '../kernel/child';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import { judgeEnd, procedureOf, type Drill, type Loss } from './context';

/** Part "Configuration": the copy's configuration is backed up, a file of it is lost, and its restore puts it back. */
export const loseFile: Loss = {
  will: ({ database }) => `Remove ${database.pooler.databasesFile}.`,
  lose,
};

async function lose(run: Run, drill: Drill, approval: Approval): Promise<Criterion[]> {
  run.phase('Lose a file');
  const { copy, on, database } = drill;
  const path = database.pooler.databasesFile;
  const resource = configurationResource();
  const kept = await run.childResult(
    'Back up the configuration of the copy',
    // The images are those of the platform: they are kept by its own backups.
    procedureOf(drill, {
      procedure: 'backupConfiguration',
      lock: backupLock(resource),
      input: { images: false },
      onCopy: true,
    }),
  );
  const name = `Recovery of file ${path}`;
  if (!('report' in kept)) return [{ name, ok: false, says: `it could not be backed up: ${describeEnd(kept)}` }];
  await run.irreversible(`Remove ${path}`, approval, ({ reference }) =>
    run.change(`Remove ${path}`, () => on.brief.loseFile({ ...copy, path, approval: reference })),
  );
  const child = procedureOf(drill, {
    procedure: 'restoreConfiguration',
    lock: recoveryLock(resource),
    input: {},
    onCopy: true,
  });
  const end = await run.childResult('Restore the configuration', child);
  const judged = judgeEnd(name, end);
  if (!('report' in end)) return judged;
  const restored = (end.report.result['restored'] ?? []) as string[];
  return restored.includes(path)
    ? judged
    : [{ name, ok: false, says: `it was removed, and the restore put back: ${restored.join(', ') || 'nothing'}` }];
}
