/**
 * Planned switchover: the primary moves to a standby and nothing is lost. Clients wait for less than a second, no transaction
 * is cut, and whatever cannot be done within the stall budget is undone. Going back is the same run again.
 */
import type { Plan } from '../plan';
import { switchoverInputSchema, type SwitchoverInput } from './contracts/failover';
import { databaseResource, recoveryLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { duration } from './contracts/words';
import { beside, clusterOf, siteOf, type Cluster } from './failover/context';
import { failoverBody } from './failover/body';
import { protect } from './failover/protect';
import { serves } from './failover/serving';
import { look, type Survey } from './failover/survey';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import type { Approval } from './contracts/approval';
import { switchGate, ungracefulGate, type SwitchGate } from './switchover/decide';
import { graceful, type Moved } from './switchover/graceful';
import { NotGraceful } from './switchover/not-graceful';
import { chooseForSwitchover } from './switchover/refusals';

/**
 * The procedure `databaseSwitchover`. @param input one JSON object: see `switchoverInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function databaseSwitchover(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'databaseSwitchover',
      schema: switchoverInputSchema,
      describe: ({ database, to, reason, by }) => {
        const resource = databaseResource(database);
        return {
          resource,
          lock: recoveryLock(resource),
          mode: 'switchover',
          summary: `switchover of ${resource}${to ? ` to ${to}` : ''}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: SwitchoverInput, plan: Plan): Promise<Finished> {
  const cluster = clusterOf(run, input.database, plan);
  const budget = input.stallBudgetMs ?? cluster.home.database.failover.stallBudget;

  run.phase('Assess');
  const first = await run.probe('Look at every server', () => look(cluster, {}));
  const { chosen, refusals } = chooseForSwitchover(first, input.to);
  if (!chosen) return run.refuse(refusals);

  run.phase('Decide');
  const gate = switchGate(cluster, input, first, chosen, budget);
  try {
    const approval = await run.gate('switch', gate);
    return await switchTo(run, cluster, gate, approval, budget);
  } catch (error) {
    if (!(error instanceof NotGraceful)) throw error;
    return notGraceful(run, cluster, input, plan, error);
  }
}

async function switchTo(
  run: Run,
  cluster: Cluster,
  gate: SwitchGate,
  approval: Approval,
  budget: number,
): Promise<Finished> {
  const { service } = gate.latest().chosen;
  return run.irreversible(`Make ${service} the primary`, approval, async (valid) => {
    const { survey, chosen: approved } = gate.latest();
    run.phase('Switch');
    const moved = await graceful(run, cluster, survey, approved, valid, budget);
    run.verified('a committed write came back through the client path', 0);

    run.phase('Follow');
    const [followed, done] = await Promise.all([
      follow(run, cluster, survey, moved, valid),
      protect(run, cluster, moved),
    ]);
    run.facts('Switchover', [
      { label: 'Primary', value: `${survey.primary.service} → ${approved.service}` },
      { label: 'Clients were held for', value: `${duration(moved.stallMs)} of ${duration(budget)}` },
      { label: 'Lost', value: 'nothing: the last record of the old primary was received before the promotion' },
    ]);
    return {
      verdict: 'judge',
      result: {
        graceful: true,
        from: survey.primary.service,
        to: approved.service,
        stallMs: moved.stallMs,
        promoted: moved.promoted,
        firstWrite: moved.write,
        followed,
        ...done,
      },
    };
  });
}

/** The old primary has nothing that its successor has not, so it follows without a rewind. */
async function follow(run: Run, cluster: Cluster, survey: Survey, moved: Moved, approval: Approval): Promise<boolean> {
  const service = survey.primary.service;
  const member = cluster.members.find((one) => one.service === service) ?? survey.at.database;
  const on = beside(member);
  const at = { database: moved.at.database, site: siteOf(cluster, member), service, primary: moved.at };
  const made = await run.optional(
    `Make ${service} follow`,
    () => on.change.followPrimary({ ...at, archiving: moved.archiving, approval: approval.reference }),
    () => 'standby.signal and the way to its primary are in its data directory',
  );
  const started =
    made &&
    (await run.optional(
      `Start ${service} as a standby`,
      () => on.change.startStandby({ ...at, approval: approval.reference }),
      (value) => `${value.state} after ${duration(value.durationMs)}`,
    ));
  return started !== undefined;
}

/** What was done is undone at once; a primary that does not serve any more then is a case for a failover, if a person says so. */
async function notGraceful(
  run: Run,
  cluster: Cluster,
  input: SwitchoverInput,
  plan: Plan,
  { problem }: NotGraceful,
): Promise<Finished> {
  run.note(`not possible in order: ${problem.message}`);
  await run.settled();
  await run.undo.unwind(problem.message);
  run.record.setState('running');
  const now = await run.probe('Look at every server', () => look(cluster, {}));
  if (serves(now.primary)) return run.giveUp('DR-STALL', `the switchover was undone: ${problem.message}`);
  run.phase('Decide');
  await run.gate('ungraceful', ungracefulGate(cluster, input, now, problem));
  const { database, reason, by, to, approvalTimeoutMs } = input;
  const rest = { ...(to ? { to } : {}), ...(approvalTimeoutMs === undefined ? {} : { approvalTimeoutMs }) };
  return failoverBody(run, { database, reason, by, policyMayAnswer: false, wake: false, ...rest }, plan);
}
