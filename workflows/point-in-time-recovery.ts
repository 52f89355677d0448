/**
 * Point-in-time recovery: a wrong statement, a bad deploy, a lost table. The database is restored beside the damaged one,
 * stopped at the target, inspected, and only then, with an approval, put in its place. An abort anywhere before the
 * clients are let in leaves the platform as it was.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../plan';
import { errorCodes } from './contracts/errors';
import { databaseResource, readingLock, recoveryLock } from './contracts/names';
import { describeTarget, pitrInputSchema, targetSchema, type PitrInput } from './contracts/pitr';
import type { Report } from './contracts/run-view';
import { Retargeted } from './kernel/endings';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { siteActivities } from './kernel/site';
import { recoveryContext, type Recovery } from './pitr/context';
import { handOverCopy } from './pitr/copy';
import { cutOver } from './pitr/cut-over';
import { cutOverGate } from './pitr/decide';
import { look, preflight, type Preflight } from './pitr/preflight';
import { protect } from './pitr/protect';
import { prepareCopy } from './pitr/restore';
import { ageOf } from './pitr/stale';
import { witnessedUntil } from './pitr/witness';
import { askWitnesses } from './steps/ask-witnesses';

/**
 * The procedure `pointInTimeRecovery`. @param input one JSON object: see `pitrInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function pointInTimeRecovery(input: unknown): Promise<Report> {
  return runProcedure({ name: 'pointInTimeRecovery', schema: pitrInputSchema, describe, body }, input);
}

function describe(input: PitrInput) {
  const resource = databaseResource(input.database);
  const lock = input.mode === 'recover' ? recoveryLock(resource) : readingLock(input.mode, resource);
  const summary = `${input.mode} ${resource} at ${describeTarget(input.target)}: ${input.reason} (${input.by})`;
  return { resource, lock, mode: input.mode, summary, ...(input.planHash ? { planHash: input.planHash } : {}) };
}

/** It keeps nobody from recovering: it is what there is. Only for the latest moment is the backup that was chosen the newest. */
function warnOfStaleBackup(run: Run, { at }: Recovery, { target, coverage, damaged }: Preflight): void {
  const age = target.kind === 'latest' ? ageOf(at.database, coverage.backup, damaged, Date.now()) : undefined;
  if (!age?.stale) return;
  run.problem({ code: 'DR-BACKUP-STALE', message: age.says, next: errorCodes['DR-BACKUP-STALE'].next });
}

async function body(run: Run, input: PitrInput, plan: Plan): Promise<Finished> {
  const recovery = await recoveryContext(run, input, plan, workflowInfo().firstExecutionRunId);
  const on = siteActivities(recovery.at.site.name);

  run.phase('Pre-flight');
  let found = await preflight(run, on, recovery, input.target);
  warnOfStaleBackup(run, recovery, found);
  if (input.mode === 'check')
    return { verdict: 'checked', result: { coverage: found.coverage, prediction: found.prediction } };

  run.phase('Restore beside');
  let prepared = await prepareCopy(run, on, recovery, found);
  if (input.mode === 'copy') return handOverCopy(run, recovery, prepared);

  for (;;) {
    try {
      run.phase('Decide');
      const approval = await run.gate('cut-over', cutOverGate(on, recovery, prepared));
      const moved = await run.irreversible('Move the clients to the recovered copy', approval, (valid) => {
        run.phase('Cut over');
        return cutOver(run, on, recovery, prepared, valid);
      });

      run.phase('Protect');
      const until = witnessedUntil(prepared.target, prepared.copy);
      const [result] = await Promise.all([
        protect(run, on, recovery, prepared, moved),
        askWitnesses(run, on, recovery.at, { resumedAt: moved.reopenedAt, ...(until ? { until } : {}) }),
      ]);
      return { verdict: 'judge', result };
    } catch (error) {
      if (!(error instanceof Retargeted)) throw error;
      run.phase('Restore beside');
      const target = targetSchema.parse(error.target);
      const next = await look(run, on, recovery, found.toolbox, target);
      if (next.refusals.length > 0) {
        run.note(`${describeTarget(target)} cannot be had: ${next.refusals.map((one) => one.message).join('; ')}`);
        continue;
      }
      found = { ...found, ...next, target };
      prepared = await prepareCopy(run, on, recovery, found);
    }
  }
}
