/**
 * Restart in place: the server is looked at, started again where it is, and proven by its version and by a write of the
 * clients' kind. The plan's second phase for a database whose data and place are good.
 */
import type { Plan } from '../plan';
import type { Database } from '../plan';
import type { Approval, ApprovalReference } from './contracts/approval';
import { drFailure } from './contracts/errors';
import { restartInputSchema, type RestartInput } from './contracts/failover';
import { withPrimary } from './contracts/members';
import { databaseResource, recoveryLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { duration } from './contracts/words';
import { beside, clusterOf, siteOf, type Cluster } from './failover/context';
import { serves } from './failover/serving';
import { look, type Survey } from './failover/survey';
import type { GateDefinition } from './kernel/gate';
import { runProcedure, type Finished } from './kernel/procedure';
import { gatePolicy } from './kernel/gate-policy';
import type { Run } from './kernel/run';

/** How long the first write through the client path is tried before the step fails. */
const clientWriteDeadlineMs = 15_000;

/**
 * The procedure `databaseRestart`. @param input one JSON object: see `restartInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function databaseRestart(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'databaseRestart',
      schema: restartInputSchema,
      describe: ({ database, reason, by }) => {
        const resource = databaseResource(database);
        return {
          resource,
          lock: recoveryLock(resource),
          mode: 'restart',
          summary: `restart of ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: RestartInput, plan: Plan): Promise<Finished> {
  const cluster = clusterOf(run, input.database, plan);
  const { home } = cluster;
  const pooler = beside({ site: home.site.name });

  run.phase('Assess');
  const [survey, poolerRuns] = await Promise.all([
    run.probe(
      'Look at every server',
      () => look(cluster, {}),
      ({ primary }) =>
        `${primary.service} ${primary.answered ? `answers at ${primary.receivedLsn}` : `does not answer: ${primary.problem ?? ''}`}`,
    ),
    run.probe(
      'Look at the pooler',
      () => poolerIsUp(cluster),
      (runs) => (runs ? 'it runs' : 'it does not run: nobody can be held there, and it is started'),
    ),
  ]);
  const database = withPrimary(home.database, survey.primary.service) as Database;
  const at = { database, site: siteOf(cluster, database) };
  const on = beside({ site: at.site.name });
  const service = survey.primary.service;

  if (input.orGiveUp && serves(survey.primary)) return cameBack(run, service);

  run.phase('Decide');
  const gate: GateDefinition<{ answers: boolean }> = {
    policy: gatePolicy(plan, 'restart.restart', input, 10 * 60_000),
    freshMs: 2_000,
    measure: async () => {
      const now = await on.urgent.surveyServer({ ...at, service });
      if (input.orGiveUp && serves(now)) throw new CameBack();
      return { answers: now.answered };
    },
    drifted: (before, now) =>
      before.answers === now.answers
        ? undefined
        : `${service} ${before.answers ? 'answered' : 'did not answer'} before, and now ${now.answers ? 'does' : 'does not'}`,
    answer: ({ answers }) => (answers ? undefined : 'policy: nobody is served, so a restart interrupts nobody'),
    card: ({ answers }) => ({
      title: `Restart ${service}`,
      will: [
        'Hold the clients at the pooler; open transactions are given time, then cut.',
        `${input.recreate ? 'Make the container anew' : 'Stop it in order and start it again'} on the volume it has.`,
        'Write to it directly, let the clients in, write through the client path.',
      ],
      loss: [{ label: 'Committed rows', value: 'none' }],
      facts: [
        { label: service, value: answers ? 'ANSWERS: clients are interrupted for some seconds' : 'does not answer' },
      ],
      tables: [],
      warnings: ['A restart cannot be undone.'],
    }),
  };
  let approval: Approval;
  try {
    approval = await run.gate('restart', gate);
  } catch (error) {
    if (error instanceof CameBack) return cameBack(run, service);
    throw error;
  }

  return run.irreversible(`Restart ${service}`, approval, async (valid) => {
    run.phase('Restart');
    const yes = valid.reference;
    const letIn = (): Promise<unknown> => pooler.brief.resumeClients({ ...home, approval: yes });
    // Whatever happens, nobody is left waiting at the pooler; also when it is in the middle of the pause that the run ends.
    let pausedBefore = false;
    if (poolerRuns) {
      run.undo.push('Let the clients in', async () => (pausedBefore ? undefined : letIn()));
      await run.optional('Hold the clients', async () => {
        pausedBefore = (await pooler.urgent.pauseClients({ ...home, approval: yes })).alreadyPaused;
      });
    }
    const [started] = await Promise.all([
      run.change(
        'Restart it in its place',
        () =>
          on.change.restartServer({
            ...at,
            containerId: survey.primary.container?.id ?? '',
            recreate: input.recreate,
            approval: yes,
          }),
        {
          outcome: (value) => `${value.how} in ${duration(value.durationMs)}, version ${value.version}`,
          ...(input.orGiveUp ? { instead: ({ message }) => run.giveUp('DR-DATABASE-DOWN', message) } : {}),
        },
      ),
      poolerRuns ? undefined : startPooler(run, cluster, yes),
      wakeStandbys(run, cluster, survey),
    ]);
    const direct = await run.change('Write to it directly', () => on.brief.directWrite(at), {
      outcome: (value) => `committed on timeline ${value.timeline}`,
    });
    if (poolerRuns) await run.change('Let the clients in', letIn);
    const { systemIdentifier, timeline } = direct;
    const write = await run.probe(
      'Write through the client path',
      () =>
        pooler.probe.clientWrite({
          ...home,
          expect: { systemIdentifier, timeline },
          deadlineMs: clientWriteDeadlineMs,
        }),
      (value) => `committed and read back after ${duration(value.durationMs)}`,
    );
    run.pointOfNoReturn('the clients are served');
    run.verified('a committed write came back through the client path', 0);
    return { verdict: 'judge', result: { service, how: started.how, version: started.version, firstWrite: write } };
  });
}

/** Thrown at the gate when the server serves again, and nobody has asked for a restart all the same. */
class CameBack extends Error {}

function cameBack(run: Run, service: string): Finished {
  run.note(`${service} takes writes by itself: it is not restarted`);
  return { verdict: 'none', result: { needed: false, service } };
}

/** Commits wait for them: without one of them nothing that is written to the restarted server would be acknowledged. */
async function wakeStandbys(run: Run, cluster: Cluster, { standbys }: Survey): Promise<void> {
  if (!cluster.home.database.replication?.synchronous) return;
  const silent = standbys.filter((one) => !one.answered && one.engineAnswered);
  await Promise.all(
    silent.map(({ service, site }) =>
      run.change<unknown>(
        `Start ${service}, which commits wait for`,
        () => {
          const at = { database: cluster.home.database, site: siteOf(cluster, { site }), service };
          return beside({ site }).brief.wakeStandby(at);
        },
        { instead: ({ message }) => message },
      ),
    ),
  );
}

async function poolerIsUp({ home: { site, database } }: Cluster): Promise<boolean> {
  const { service } = database.pooler;
  const { services } = await beside({ site: site.name }).urgent.inspectProject({
    site,
    services: [service],
    health: [],
  });
  return services[0]?.state === 'running';
}

/** Beside the restart: one that is down is part of what the clients wait for. */
async function startPooler(run: Run, { home }: Cluster, approval: ApprovalReference): Promise<void> {
  const { site, database } = home;
  const services = [database.pooler.service];
  await run.change('Start the pooler', async () => {
    const [started] = await beside({ site: site.name }).brief.startServices({ site, services, approval });
    if (started?.how === 'failed') throw drFailure('DR-POOLER', `${started.service}: ${started.problem ?? ''}`);
  });
}
