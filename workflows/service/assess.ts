/** Phase "Assess": what is wrong with the service, with what it depends on, and which measures can help. */
import type { Dependency } from '../../activities/health';
import type { Plan, Service } from '../../plan';
import type { Refusal } from '../contracts/recovery';
import type { HealthAnswer, Measure, ServiceFacts } from '../contracts/service';
import { measures as allMeasures } from '../contracts/service';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import { siteOfService, type ServiceContext } from './context';
import { diagnose, type Diagnosis } from './diagnose';
import { look } from './look';

export interface Assessed {
  facts: ServiceFacts;
  diagnosis: Diagnosis;
  /** To be taken one after the other until one helps; none: there is nothing to do. */
  measures: Measure[];
}

/** Looks, keeps the log, and refuses where no measure can help. */
export async function assess(run: Run, context: ServiceContext): Promise<Assessed> {
  const { input } = context;
  run.phase('Assess');
  const [facts, dependencies] = await Promise.all([
    run.probe(
      'Look at the service',
      () => look(context),
      (seen) => diagnose(seen).says,
    ),
    run.probe('Ask what it depends on', () => askDependencies(context), describe),
  ]);
  const diagnosis = diagnose(facts);
  const measures = chosen(context, facts, diagnosis);
  run.facts('Service', [
    { label: 'Picture', value: `${diagnosis.picture}: ${diagnosis.says}` },
    { label: 'Image', value: `${facts.image.name}${facts.image.there ? '' : ', which the engine does NOT have'}` },
    ...dependencies.map((one) => ({ label: `Depends on ${one.name}`, value: one.answer.says })),
  ]);
  const lost = input.disasterAt ?? (facts.container?.running === false ? facts.container.finishedAt : undefined);
  if (lost !== undefined && diagnosis.picture !== 'healthy') run.disaster(lost);
  if (measures.length > 0) {
    const refusals = [
      ...dependencies.flatMap(failing),
      ...missingImage(facts, measures),
      ...between(context, diagnosis),
    ];
    if (refusals.length > 0) run.refuse(refusals);
  }
  return { facts, diagnosis, measures };
}

/** Those that can help; a person who names the first is believed, but a container that is gone cannot be restarted. */
function chosen({ input }: ServiceContext, { container }: ServiceFacts, diagnosis: Diagnosis): Measure[] {
  if (input.first === undefined) return diagnosis.measures;
  return allMeasures.slice(allMeasures.indexOf(container ? input.first : 'recreate'));
}

interface Asked {
  name: string;
  answer: HealthAnswer;
}

/** All at once, each at the site it lives at. */
function askDependencies({ plan, at }: ServiceContext): Promise<Asked[]> {
  return Promise.all(
    at.service.dependsOn.map(async (name) => {
      const found = dependency(plan, name);
      const site = found && plan.sites.find((one) => one.name === found.site);
      // The plan's check has made sure that there are both.
      if (!found || !site) return { name, answer: { healthy: true, says: 'the plan does not describe it' } };
      return { name, answer: await siteActivities(site.name).urgent.askDependency({ site, on: found.on }) };
    }),
  );
}

function dependency(plan: Plan, name: string): { on: Dependency; site: string | undefined } | undefined {
  const named = <T extends { name: string }>(list: T[]): T | undefined => list.find((one) => one.name === name);
  const service: Service | undefined = named(plan.services);
  if (service) return { on: { service }, site: siteOfService(plan, service)?.name };
  const database = named(plan.databases);
  if (database) return { on: { database }, site: database.site };
  const store = named(plan.stores);
  return store && { on: { store }, site: store.site };
}

const describe = (asked: Asked[]): string =>
  asked.map(({ name, answer }) => `${name} ${answer.healthy ? 'works' : `does NOT work: ${answer.says}`}`).join('; ') ||
  'it depends on nothing';

/** A service that cannot work for want of another is not mended by a restart. */
const failing = ({ name, answer }: Asked): Refusal[] =>
  answer.healthy
    ? []
    : [
        {
          code: 'DR-DEPENDENCY',
          message: `${name}, which it depends on, does not work: ${answer.says}`,
          next: `Recover ${name} first; the service may then be well by itself.`,
        },
      ];

/** A service that is well and not reached is found anew by the gateway in front of it; behind another service it is not ours to mend. */
function between({ plan, at, input }: ServiceContext, { picture, says }: Diagnosis): Refusal[] {
  if (picture !== 'not-reached' || input.first !== undefined || plan.gateway.upstreams.includes(at.service.name))
    return [];
  return [
    {
      code: 'DR-GATEWAY',
      message: says,
      next: `Look at what lies between: ${[plan.gateway.service, ...plan.gateway.upstreams].join(', ')}.`,
    },
  ];
}

/** Whatever begins with a container that is there needs no image. */
const missingImage = ({ image }: ServiceFacts, measures: Measure[]): Refusal[] =>
  image.there || measures[0] !== 'recreate'
    ? []
    : [
        {
          code: 'DR-IMAGE-MISSING',
          message: `image ${image.name} is not on the engine, and the container has to be made anew`,
          next: 'Load or build the image; recovery never pulls one.',
        },
      ];
