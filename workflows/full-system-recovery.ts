/**
 * Everything is down, or too much of it: one run looks at all of it at once, chooses how the data is brought back, brings the
 * critical services to their clients first, then the rest, and proves by real orders that the business works.
 */
import type { Plan } from '../plan';
import type { Approval } from './contracts/approval';
import { recoveryLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { fullSystemRecoveryInputSchema, systemResource, type FullSystemRecoveryInput } from './contracts/system';
import { duration } from './contracts/words';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { refuseElsewhere } from './site/elsewhere';
import { assess, type Assessment } from './system/assess';
import { restoreWhatIsMissing } from './system/configuration';
import { systemOf, type System } from './system/context';
import { recoverData, type Recovered } from './system/data';
import { decide } from './system/decide';
import { namesOf } from './system/order';
import { People } from './system/people';
import { protect } from './system/protect';
import { Meanwhile } from './system/reduced';
import { askForPages, getEveryPage, openGateway, recoverServices } from './system/services';
import { validate } from './system/validate';

/**
 * The procedure `fullSystemRecovery`. @param input one JSON object: see `fullSystemRecoveryInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function fullSystemRecovery(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'fullSystemRecovery',
      schema: fullSystemRecoveryInputSchema,
      describe: ({ reason, by }) => ({
        resource: systemResource,
        lock: recoveryLock(systemResource),
        mode: 'recover',
        summary: `recovery of the whole system: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: FullSystemRecoveryInput, plan: Plan): Promise<Finished> {
  const system = systemOf(run, input, plan);
  const meanwhile = new Meanwhile(run, system);
  const allowed = refuseElsewhere(run, plan);
  // It is waited for before anything is changed; whoever ends the run before has it fail unheard.
  allowed.catch(() => undefined);
  await restoreWhatIsMissing(run, system, allowed);
  const seen = await assess(run, system);
  await allowed;
  await meanwhile.look();
  if (seen.well && (await getEveryPage(run, system, [...system.order.critical, ...system.order.rest]))) {
    await meanwhile.liftLeft();
    run.note('everything works, and clients get every page: nothing was done');
    return { verdict: 'none', result: { needed: false } };
  }
  const { approval, latest } = await decide(run, system, seen);
  const incident = input.incident ?? `system-${system.key}`;
  const people = input.tell ? new People(run, system, incident) : undefined;
  return run.irreversible('Recover the whole system', approval, async (valid) => {
    try {
      await meanwhile.begin();
      return await recover(run, system, latest(), valid, meanwhile, people);
    } finally {
      await people?.told();
    }
  });
}

async function recover(
  run: Run,
  system: System,
  seen: Assessment,
  valid: Approval,
  meanwhile: Meanwhile,
  people?: People,
): Promise<Finished> {
  const { critical, rest } = system.order;
  people?.opened(seen);
  run.phase('Critical services');
  const data = await recoverData(run, system, seen, valid);
  people?.reached('database-serves', data.map(({ resource, ways }) => `${resource}: ${ways.join(', ')}`).join('; '));
  if (data.some(({ ways }) => ways.includes('failover'))) people?.reached('failover-active', 'a standby was promoted');
  const without = await recoverServices(run, system, critical, valid, async () => {
    await openGateway(run, system, valid);
    await meanwhile.opened();
  });
  people?.reached('critical-started', namesOf(critical).join(', '));
  without.push(...(await askForPages(run, system, critical)));
  await meanwhile.proven('maintenance');
  const criticalMs = Date.now() - system.began;
  run.note(`the critical services serve their clients after ${duration(criticalMs)}${missing(without)}`);
  if (without.length === 0) people?.criticalServed(namesOf(critical));

  run.phase('All services');
  without.push(...(await recoverServices(run, system, rest, valid)));
  without.push(...(await askForPages(run, system, rest)));
  await meanwhile.proven('critical-only');
  const allMs = Date.now() - system.began;
  const lost = [...new Set(without)];
  if (lost.length === 0) people?.reached('all-verified', 'clients get every page');

  const { sound, says } = await validate(run, system, seen, data);
  if (lost.length === 0 && sound) {
    run.verified(says, worst(data));
    run.pointOfNoReturn('the clients are served');
    people?.reached('data-verified', 'the business queries answer as expected');
    if (system.input.validate) people?.reached('validated', says);
    people?.resolved(says);
  }
  const exposed = await protect(run, system, seen, data);
  tell(run, system, { criticalMs, allMs, lost, exposed, data });
  return {
    verdict: 'judge',
    result: {
      needed: true,
      data,
      criticalMs,
      allMs,
      notRecovered: lost,
      validated: system.input.validate ? sound : null,
      exposed,
      ...(people ? { incident: people.name } : {}),
    },
  };
}

/** The largest of the losses; one that is not known makes the whole not known. */
const worst = (data: Recovered[]): number | null =>
  data.some(({ lossMs }) => lossMs === null) ? null : Math.max(0, ...data.map(({ lossMs }) => lossMs ?? 0));

const missing = (services: string[]): string => (services.length === 0 ? '' : `, but for ${services.join(', ')}`);

function tell(
  run: Run,
  { plan }: System,
  told: { criticalMs: number; allMs: number; lost: string[]; exposed: string[]; data: Recovered[] },
): void {
  const [first] = plan.tiers;
  run.facts('Recovery', [
    ...told.data.map(({ resource, ways, because }) => ({
      label: resource,
      value: `${ways.join(' → ')}: ${because.join('; ')}`,
    })),
    {
      label: `Critical services (${first?.name ?? ''})`,
      value: `served after ${duration(told.criticalMs)}, objective ${duration(first?.rto ?? 0)}`,
    },
    { label: 'All services', value: `served after ${duration(told.allMs)}${missing(told.lost)}` },
    { label: 'Not protected', value: told.exposed.join('; ') || 'nothing that the plan protects' },
  ]);
}
