/**
 * A backup that was never restored is a hope. The newest one is restored to an isolated copy and brought to a moment that its
 * archive covers, inspected, judged and removed; nobody is asked, and nothing that serves is changed.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../plan';
import { restoreTestInputSchema, type RestoreTestInput } from './contracts/backup';
import { databaseResource, testLock } from './contracts/names';
import { describeTarget, pitrInputSchema, type RecoveryTarget } from './contracts/pitr';
import type { Report } from './contracts/run-view';
import { demandMayBegin } from './drill/may-begin';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { siteActivities } from './kernel/site';
import { recoveryContext } from './pitr/context';
import { look, preflight, type Preflight } from './pitr/preflight';
import { describeCopy, standCopy } from './pitr/restore';
import { ageOf } from './pitr/stale';
import { judgeCopy } from './restore-test/judge';
import { randomPoint } from './restore-test/point';
import { judgeCriteria, plain, verdictOf } from './steps/judge-criteria';

/**
 * The procedure `restoreTest`. @param input one JSON object: see `restoreTestInputSchema`
 * @returns the report, with each criterion; fails with DR-TEST-FAILED where the restored data is not as expected, and with the
 *   code of the reason where it could not be restored at all
 */
export async function restoreTest(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'restoreTest',
      schema: restoreTestInputSchema,
      describe: ({ database, point, reason, by }) => {
        const resource = databaseResource(database);
        return {
          resource,
          lock: testLock(resource),
          mode: 'test',
          summary: `restore test of ${resource}, point ${point}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: RestoreTestInput, plan: Plan): Promise<Finished> {
  const { point, database, by, reason } = input;
  await demandMayBegin(run, input, plan);
  const latest: RecoveryTarget = { kind: 'latest' };
  const asked = pitrInputSchema.parse({ database, by, reason, mode: 'copy', target: latest });
  const recovery = await recoveryContext(run, asked, plan, workflowInfo().firstExecutionRunId);
  const { at, key, tier } = recovery;
  const on = siteActivities(at.site.name);

  run.phase('Pre-flight');
  let found = await preflight(run, on, recovery, latest);
  const age = ageOf(at.database, found.coverage.backup, found.damaged, Date.now());
  const target = point === 'random' ? choose(run, found) : latest;
  if (target.kind !== 'latest') {
    const next = await look(run, on, recovery, found.toolbox, target);
    if (next.refusals.length > 0) return run.refuse(next.refusals);
    found = { ...found, ...next, target };
  }

  run.phase('Restore');
  // Nobody waits beside a test, and no retry mends a backup.
  const { restored, copy } = await standCopy(run, on, recovery, found, ['DR-BACKUP-CORRUPT']);
  run.phase('Inspect');
  const inspection = await run.probe(
    'Inspect the copy',
    () => on.probe.inspectCopy({ ...at, copy, damagedAnswers: found.damaged.answered }),
    ({ tables }) => `${tables.length} tables`,
  );
  describeCopy(run, copy, inspection);
  const tookMs = Date.now() - workflowInfo().startTime.getTime();
  const criteria = judgeCopy(found.target, copy, inspection, { tookMs, tier });
  if (age) criteria.push({ name: 'Age of the newest backup', ok: !age.stale, says: age.says });
  const failed = judgeCriteria(run, criteria);
  if (failed !== undefined)
    return run.giveUp(
      'DR-TEST-FAILED',
      `the restored copy of ${database} at ${describeTarget(found.target)} is not as expected: ${failed}`,
    );
  run.verified('the copy holds what the plan expects', null);
  run.phase('Remove');
  await run.change('Remove the copy and its volume', () => on.change.removeCopy({ ...at, key }));
  return {
    verdict: verdictOf(criteria),
    result: { target: found.target, backup: restored.backup, criteria: criteria.map(plain), durationMs: tookMs },
  };
}

/** A moment between the end of the newest backup and the last commit; the end of the archive where there is none between. */
function choose(run: Run, { coverage }: Preflight): RecoveryTarget {
  // Math.random of a workflow is seeded by its run: a replay draws the same.
  const time = randomPoint(coverage.backup?.stoppedAt, coverage.lastReachable?.at, Math.random());
  if (time !== undefined) return { kind: 'time', time };
  run.note(
    'no commit is known between the end of the newest backup and the end of the archive: the latest is restored',
  );
  return { kind: 'latest' };
}
