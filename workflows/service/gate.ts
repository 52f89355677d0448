/** The gate before each measure: answered by the plan while nobody is served, else by a person. */
import type { Approval } from '../contracts/approval';
import type { Measure, ServiceFacts } from '../contracts/service';
import type { CardContent } from '../kernel/gate';
import { gatePolicy } from '../kernel/gate-policy';
import type { Run } from '../kernel/run';
import type { ServiceContext } from './context';
import { diagnose } from './diagnose';
import { look } from './look';

/** Thrown at a gate when the service is well again and nobody has asked for a measure all the same. */
export class CameBack extends Error {}

export interface Allowed {
  title: string;
  approval: Approval;
  /** The facts as they were measured last: what was approved, or what was found not to differ from it. */
  latest: () => ServiceFacts;
}

/** For how long a look is as good as a new one, milliseconds. */
const freshMs = 2_000;

const titles: Record<Measure, (service: string) => string> = {
  reload: (service) => `Have the gateway look for ${service} anew`,
  restart: (service) => `Restart ${service}`,
  recreate: (service) => `Make ${service} anew`,
};

/** @param seen the newest look there is @throws CameBack */
export async function allow(run: Run, context: ServiceContext, measure: Measure, seen: ServiceFacts): Promise<Allowed> {
  const { at, input, plan } = context;
  const title = titles[measure](at.service.name);
  let latest = seen;
  const approval = await run.gate<ServiceFacts>('recover', {
    policy: gatePolicy(plan, 'service.recover', input),
    freshMs,
    measure: async () => {
      // A pause or a held step may lie between the look and the gate.
      if (Date.now() - Date.parse(latest.at) >= freshMs) latest = await look(context);
      if (input.first === undefined && diagnose(latest).picture === 'healthy') throw new CameBack();
      return latest;
    },
    drifted: (before, now) => drifted(before, now),
    answer: (now) =>
      diagnose(now).servesNobody && input.policyMayAnswer && allows(context, measure)
        ? `policy of the plan: ${at.service.name} serves nobody, and ${measure === 'reload' ? 'a reload interrupts nobody' : `allows ${measure} by itself`}`
        : undefined,
    card: (now) => card(context, measure, now),
  });
  return { title, approval, latest: () => latest };
}

const allows = ({ at }: ServiceContext, measure: Measure): boolean =>
  measure === 'reload' || at.service.automatic.includes(measure);

/** Another picture, or another container, is not what was approved. */
function drifted(before: ServiceFacts, now: ServiceFacts): string | undefined {
  const [was, is] = [diagnose(before), diagnose(now)];
  if (was.picture !== is.picture) return `${was.says}; now ${is.says}`;
  // One that dies again and again is another moment each time.
  const since = ({ container }: ServiceFacts): string =>
    is.picture === 'restart-loop' ? '' : (container?.startedAt ?? '');
  const of = (facts: ServiceFacts): string => `${facts.container?.id ?? 'none'} ${since(facts)}`.trim();
  return of(before) === of(now) ? undefined : `its container was ${of(before)}, is now ${of(now)}`;
}

const will: Record<Measure, string[]> = {
  reload: ['Have nginx resolve the names of its upstreams anew; open requests are finished.'],
  restart: [
    'End its container, in order if it can, and start it again where it is.',
    'Wait until it says that it is well; have the gateway find it.',
  ],
  recreate: [
    'Remove its container and make it anew from the Compose file, from an image that is there.',
    'Wait until it says that it is well; have the gateway find it.',
  ],
};

function card({ at }: ServiceContext, measure: Measure, seen: ServiceFacts): CardContent {
  const { health, container, page } = seen;
  const { service } = at;
  const { servesNobody, says } = diagnose(seen);
  return {
    title: titles[measure](service.name),
    will: [...will[measure], 'Ask for its page as a client does.'],
    loss: [
      {
        label: 'Data',
        value: service.stateless ? 'none: it keeps nothing of its own' : 'what it keeps outside its volumes',
      },
    ],
    facts: [
      { label: service.name, value: servesNobody ? says : `ANSWERS: its clients are interrupted (${says})` },
      { label: 'Health page', value: health.says },
      ...(page ? [{ label: 'Page of its clients', value: page.says }] : []),
      ...(container ? [{ label: 'Container', value: `started ${container.startedAt}, image ${container.image}` }] : []),
    ],
    tables: [],
    warnings: servesNobody ? [] : [`${service.name} serves somebody now. A measure interrupts them.`],
  };
}
