/**
 * Reprotection: after a failover the old primary is no standby yet, and the next loss would have nowhere to go. Every server
 * that does not follow the primary is made to: started again, rewound, or copied anew. Moving the primary back is a
 * switchover afterwards.
 */
import type { Plan } from '../plan';
import { reprotectInputSchema, type ReprotectInput } from './contracts/failover';
import { databaseResource, recoveryLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { bytes, duration } from './contracts/words';
import { clusterOf, beside } from './failover/context';
import { look } from './failover/survey';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { membersToRebuild, objections } from './reprotect/candidates';
import { reprotectMember } from './reprotect/member';

/**
 * The procedure `reprotectDatabase`. @param input one JSON object: see `reprotectInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function reprotectDatabase(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'reprotectDatabase',
      schema: reprotectInputSchema,
      describe: ({ database, member, reason, by }) => {
        const resource = databaseResource(database);
        return {
          resource,
          lock: recoveryLock(resource),
          mode: 'reprotect',
          summary: `reprotect ${resource}${member ? ` with ${member}` : ''}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: ReprotectInput, plan: Plan): Promise<Finished> {
  const cluster = clusterOf(run, input.database, plan, false);

  run.phase('Assess');
  const survey = await run.probe(
    'Look at every server',
    () => look(cluster, {}),
    ({ primary, standbys }) =>
      `primary ${primary.service} ${primary.answered ? 'answers' : 'does not answer'}; ${standbys.map((one) => `${one.service} ${one.receiver ?? one.problem ?? 'does not follow'}`).join('; ')}`,
  );
  const refusals = objections(survey, input.member);
  if (refusals.length > 0) return run.refuse(refusals);
  const wanted = membersToRebuild(survey, input.member);
  if (wanted.length === 0) run.note('every standby follows the primary: there is nothing to do');

  const members = [];
  for (const one of wanted) {
    run.phase(`Reprotect with ${one.service}`);
    members.push(await reprotectMember(run, cluster, input, survey, one));
  }

  run.phase('Protect');
  const on = beside({ site: survey.at.site.name });
  const archive = await run.optional(
    'Check the archive',
    () => on.change.archiveCheck(survey.at),
    (value) => `segment ${value.segment} arrived in ${duration(value.durationMs)}`,
  );
  const backup =
    input.fullBackup && wanted.length > 0
      ? await run.optional(
          'Take a full backup that expires nothing',
          () => on.change.fullBackup({ ...survey.at, key: cluster.key }),
          (value) => `${value.label}, ${bytes(value.databaseBytes)}`,
        )
      : undefined;
  run.facts('Protection', [
    { label: 'Primary', value: survey.primary.service },
    ...members.map((one) => ({ label: one.service, value: `${one.how}, follows after ${duration(one.durationMs)}` })),
    { label: 'To move the primary back', value: 'dr switchover' },
  ]);
  return {
    verdict: 'none',
    result: {
      primary: survey.primary.service,
      members,
      archive: archive?.segment ?? null,
      backup: backup?.label ?? null,
    },
  };
}
