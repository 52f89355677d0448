/**
 * Which procedure answers which scenario, and what it is started with. The one place that knows: a procedure that is added
 * takes the place of the sentence `byPeople` here.
 */
import type { Plan, Service } from '../../plan';
import type { IncidentFacts } from '../contracts/incident';
import {
  configurationResource,
  certificatesResource,
  databaseResource,
  serviceResource,
  type ProcedureName,
} from '../contracts/names';
import { resourcesResource } from '../contracts/resources';
import { systemResource } from '../contracts/system';
import { orderOf } from '../system/order';
import { isDown } from './evidence/services';
import { isCutOff } from './evidence/network';

/** What an answer is made from. */
export interface Situation {
  plan: Plan;
  facts: IncidentFacts;
  incident: string;
  suspects: string[];
}

/** One run that is started. */
export interface Start {
  procedure: ProcedureName;
  /** What it locks: its workflow id is `recover.<resource>`. */
  resource: string;
  /** Besides reason, by and plan hash. */
  input: Record<string, unknown>;
}

/** `waves`: runs that begin together, wave after wave. `byPeople`: nothing can be started; what people do instead, in a sentence. */
export type Response = { begins: string; waves: (situation: Situation) => Start[][] } | { byPeople: string };

/** The scenario that a site failover answers. */
export const siteScenario = 'data-center-failure';

/** By the scenario's name in the plan. */
const responses: Record<string, Response> = {
  [siteScenario]: {
    begins:
      'siteFailover to the other site; it asks before it stops anything, and by name where the fence cannot be proven',
    waves: ({ plan }) => [
      plan.sites
        .filter(({ role }) => role === 'backup')
        .slice(0, 1)
        .map(({ name: site }) => ({ procedure: 'siteFailover' as const, resource: systemResource, input: { site } })),
    ],
  },
  'database-corruption': {
    begins:
      'pointInTimeRecovery to the last commit that the archive holds; it asks before it cuts over, and takes another target there',
    waves: ({ plan, facts }) => [
      damaged(plan, facts).map((database) => ({
        procedure: 'pointInTimeRecovery',
        resource: databaseResource(database),
        input: { database, target: { kind: 'latest' } },
      })),
    ],
  },
  'service-outage': {
    begins:
      'serviceRecovery of each service that is down, in the order they need each other; fullSystemRecovery where data, store or gateway is down, or half of them',
    waves: (situation) => (isWide(situation) ? [[wholeSystem(situation)]] : outage(situation)),
  },
  'security-breach': {
    begins: 'isolateService of each service that is not trusted; each asks before it freezes anything',
    waves: ({ suspects }) => [suspects.map((service) => onService('isolateService', service))],
  },
  'network-connectivity': {
    begins: 'serviceRecovery of each container that is cut off, made anew in its networks',
    waves: ({ plan, facts }) =>
      ordered(plan, (one) => isCutOff(facts, one.name)).map((wave) =>
        wave.map((name) => onService('serviceRecovery', name, { first: 'recreate' })),
      ),
  },
  'configuration-error': {
    begins: 'restoreConfiguration from the newest bundle, and restoreCertificates where no certificate can be served',
    waves: ({ facts: { configuration } }) => [
      [
        {
          procedure: 'restoreConfiguration' as const,
          resource: configurationResource(),
          input: { what: configuration.changed.files.some((one) => one.state === 'changed') ? 'all' : 'missing' },
        },
      ],
      configuration.certificate === undefined
        ? []
        : [{ procedure: 'restoreCertificates' as const, resource: certificatesResource(), input: {} }],
    ],
  },
  'resource-exhaustion': {
    begins: 'relieveResources: what the plan lists for it, and it asks unless the plan does not want it to',
    waves: () => [[{ procedure: 'relieveResources', resource: resourcesResource, input: {} }]],
  },
};

/** The answer to a scenario; one that is not in the table is answered by people. */
export const responseTo = (plan: Pick<Plan, 'scenarios'>, scenario: string): Response =>
  responses[scenario] ?? {
    byPeople: `Do what the plan says: ${plan.scenarios.find((one) => one.name === scenario)?.mitigation.join(', ') ?? 'nothing'}.`,
  };

/** In a sentence, for the card. */
export const describeResponse = (response: Response): string =>
  'byPeople' in response ? `no procedure: ${response.byPeople}` : response.begins;

const onService = (
  procedure: 'serviceRecovery' | 'isolateService',
  service: string,
  input: Record<string, unknown> = {},
): Start => ({ procedure, resource: serviceResource(service), input: { service, ...input } });

/** The data, the gateway, or at least half of the services: their order is more than one of services. */
function isWide({ facts: { services, databases, stores, gateway } }: Situation): boolean {
  const down = services.filter((one) => isDown(one)).length;
  return (
    isDown(gateway) ||
    down * 2 >= services.length ||
    databases.some((one) => !one.clients.healthy) ||
    stores.some((one) => !one.healthy)
  );
}

/** The incident tells people already. */
const wholeSystem = ({ incident }: Situation): Start => ({
  procedure: 'fullSystemRecovery',
  resource: systemResource,
  input: { incident, tell: false },
});

/** What is down first: what is only ill for want of it is then well by itself. */
function outage({ plan, facts }: Situation): Start[][] {
  const of = new Map(facts.services.map((one) => [one.service, one]));
  const down = ordered(plan, ({ name }) => isDown(of.get(name) ?? { state: 'running' }));
  const waves = down.length > 0 ? down : ordered(plan, ({ name }) => of.get(name)?.healthy === false);
  return waves.map((wave) => wave.map((name) => onService('serviceRecovery', name)));
}

/** Names of the services that fit, in the order they need each other. */
function ordered(plan: Plan, fits: (service: Service) => boolean): string[][] {
  const { critical, rest } = orderOf(plan);
  return [...critical, ...rest]
    .map((wave) => wave.filter(fits).map(({ name }) => name))
    .filter((wave) => wave.length > 0);
}

/** Those with signs of damage; where a person says so and none has any, all of them. */
function damaged(plan: Plan, { databases }: IncidentFacts): string[] {
  const found = databases.filter(({ damage }) => (damage.checksumFailures ?? 0) > 0 || damage.logged.length > 0);
  return (found.length > 0 ? found : plan.databases).map(({ name }) => name);
}
