/** Phase "Recover": one measure after the other, each allowed by the plan or by a person, until the service is well. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import type { Measure, ServiceFacts } from '../contracts/service';
import { duration } from '../contracts/words';
import type { CardContent } from '../kernel/gate';
import type { Run } from '../kernel/run';
import type { Assessed } from './assess';
import type { ServiceContext } from './context';
import { diagnose } from './diagnose';

export interface TakenMeasure {
  measure: Measure;
  helped: boolean;
  says: string;
  afterMs: number;
}

/** Takes measures until one helps. When none does the run is held: a person may mend it by hand and look again. */
export async function takeMeasures(
  run: Run,
  context: ServiceContext,
  { facts, measures }: Assessed,
): Promise<{ measures: TakenMeasure[]; approval: Approval }> {
  run.phase('Recover');
  const { at } = context;
  const taken: TakenMeasure[] = [];
  let approval: Approval | undefined;
  let latest = facts;
  for (const measure of measures) {
    approval = await allowed(run, context, measure, latest);
    const one = await run.irreversible(titles[measure](at.service.name), approval, (valid) =>
      take(run, context, measure, latest, valid),
    );
    taken.push(one);
    if (one.helped) return { measures: taken, approval };
    latest = await context.on.urgent.inspectService(at);
  }
  await run.probe('Look whether somebody has mended it', async () => {
    const now = diagnose(await context.on.urgent.inspectService(at));
    if (now.picture === 'healthy') return now;
    throw drFailure('DR-SERVICE', `nothing that this procedure can do has helped: ${now.says}`);
  });
  return { measures: taken, approval: approval as Approval };
}

const titles: Record<Measure, (service: string) => string> = {
  restart: (service) => `Restart ${service}`,
  recreate: (service) => `Make ${service} anew`,
};

/** The facts of the card. */
interface MeasureFacts {
  seen: ServiceFacts;
}

function allowed(run: Run, context: ServiceContext, measure: Measure, seen: ServiceFacts): Promise<Approval> {
  const { at, on, input, plan } = context;
  const policy = plan.approvals.find((one) => one.gate === 'service.recover');
  let first: ServiceFacts | undefined = seen;
  return run.gate<MeasureFacts>('recover', {
    policy: {
      approvers: policy?.approvers ?? [],
      expiresMs: input.approvalTimeoutMs ?? policy?.expires ?? 30 * 60_000,
      onExpiry: 'reject',
    },
    freshMs: 2_000,
    // It has just been looked at.
    measure: async () => {
      const known = first;
      first = undefined;
      return { seen: known ?? (await on.urgent.inspectService(at)) };
    },
    drifted: (before, now) => {
      const pictures = [diagnose(before.seen), diagnose(now.seen)] as const;
      return pictures[0].picture === pictures[1].picture ? undefined : `${pictures[0].says}; now ${pictures[1].says}`;
    },
    answer: ({ seen: now }) =>
      !now.health.healthy && input.policyMayAnswer && at.service.automatic.includes(measure)
        ? `policy of the plan: ${at.service.name} serves nobody, and allows ${measure} by itself`
        : undefined,
    card: ({ seen: now }) => card(context, measure, now),
  });
}

const will: Record<Measure, string[]> = {
  restart: ['End its container, in order if it can, and start it again where it is.'],
  recreate: ['Remove its container and make it anew from the Compose file, from an image that is there.'],
};

function card({ at }: ServiceContext, measure: Measure, seen: ServiceFacts): CardContent {
  const { health, container } = seen;
  const { service } = at;
  return {
    title: titles[measure](service.name),
    will: [
      ...will[measure],
      'Wait until it says that it is well; have the gateway find it; ask for its page as a client does.',
    ],
    loss: [
      {
        label: 'Data',
        value: service.stateless ? 'none: it keeps nothing of its own' : 'what it keeps outside its volumes',
      },
    ],
    facts: [
      { label: service.name, value: health.healthy ? 'ANSWERS: its clients are interrupted' : diagnose(seen).says },
      ...(container ? [{ label: 'Container', value: `started ${container.startedAt}, image ${container.image}` }] : []),
    ],
    tables: [],
    warnings: health.healthy ? [`${service.name} works now. A measure interrupts those it serves.`] : [],
  };
}

async function take(
  run: Run,
  { at, on, input }: ServiceContext,
  measure: Measure,
  seen: ServiceFacts,
  approval: Approval,
): Promise<TakenMeasure> {
  const yes = approval.reference;
  const { service } = at;
  const containerId = seen.container?.id ?? '';
  const now =
    measure === 'restart'
      ? await run.change('Start it again where it is', async () => {
          await on.brief.restartService({
            ...at,
            containerId,
            startedAt: seen.container?.startedAt ?? '',
            approval: yes,
          });
          return containerId;
        })
      : await run.change(
          'Make its container anew',
          async () => (await on.brief.recreateService({ ...at, containerId, approval: yes })).containerId,
          { outcome: (id) => `container ${id.slice(0, 12)}` },
        );
  const answer = await run.probe(
    'Wait until it is well',
    () =>
      on.probe.awaitService({
        ...at,
        containerId: now,
        deadlineMs: input.healthyWithinMs ?? service.health.startPeriod,
      }),
    ({ healthy, says, afterMs }) => `${healthy ? 'well' : `not well, ${says},`} after ${duration(afterMs)}`,
  );
  return { measure, helped: answer.healthy, says: answer.says, afterMs: answer.afterMs };
}
