/** What is started for a scenario, how bad it is, what people do by hand, and by when they are told the next thing. */
import assert from 'node:assert/strict';
import type { Plan } from '../../../plan';
import type { IncidentFacts } from '../../../workflows/contracts/incident';
import { nextUpdateBy } from '../../../workflows/incident/clock';
import { affectedOf, impactOf, manualProcesses, severityOf } from '../../../workflows/incident/impact';
import { responseTo, type Start } from '../../../workflows/incident/responses';
import { change, peace, thePlan } from './facts';

describe('what an incident begins', () => {
  let plan: Plan;
  let facts: IncidentFacts;
  before(async () => (plan = await thePlan()));
  beforeEach(() => (facts = peace(plan)));
  const starts = (scenario: string, suspects: string[] = []): Start[][] => {
    const response = responseTo(plan, scenario);
    if ('byPeople' in response) throw new Error(response.byPeople);
    return response.waves({ plan, facts, incident: 'inc-1', suspects }).filter((wave) => wave.length > 0);
  };
  const resources = (scenario: string): string[][] => starts(scenario).map((wave) => wave.map((one) => one.resource));

  it('says of half of the services what is done with half of them', () => {
    for (const { service } of facts.services.slice(0, Math.ceil(facts.services.length / 2)))
      change(facts, service, { state: 'stopped' });
    assert.deepEqual(resources('service-outage'), [['system']]);
    const response = responseTo(plan, 'service-outage');
    assert.match('begins' in response ? response.begins : '', /or half of them$/);
  });

  it('recovers the services that are down, first those that others need', () => {
    change(facts, 'api-gateway', { state: 'stopped' });
    change(facts, 'auth-service', { state: 'none' });
    change(facts, 'content-service', { state: 'paused' });
    // Not well for want of those that are down: it is left alone.
    change(facts, 'order-service', { says: 'status 503' });
    assert.deepEqual(resources('service-outage'), [
      ['service.auth-service'],
      ['service.api-gateway'],
      ['service.content-service'],
    ]);
  });

  it('recovers the whole system where the data or the gateway is down, and does not tell people twice', () => {
    facts.stores[0]!.healthy = false;
    const [[start]] = starts('service-outage') as [[Start]];
    assert.deepEqual([start.procedure, start.input], ['fullSystemRecovery', { incident: 'inc-1', tell: false }]);
  });

  it('starts nothing where nothing is down', () => assert.deepEqual(resources('service-outage'), []));

  it('makes containers anew that are in no network', () => {
    facts.resources[0]!.containers.find((one) => one.service === 'menu-service')!.networks = [];
    assert.deepEqual(
      starts('network-connectivity')
        .flat()
        .map((one) => one.input),
      [{ service: 'menu-service', first: 'recreate' }],
    );
  });

  it('isolates whom a person named, and nobody else', () => {
    assert.deepEqual(starts('security-breach'), []);
    assert.deepEqual(
      starts('security-breach', ['nginx'])
        .flat()
        .map((one) => [one.procedure, one.resource]),
      [['isolateService', 'service.nginx']],
    );
  });

  it('rolls the configuration back: only what is gone, unless something was changed', () => {
    facts.configuration.changed.files = [{ path: 'a', state: 'missing' }];
    assert.deepEqual(
      starts('configuration-error')
        .flat()
        .map((one) => one.input),
      [{ what: 'missing' }],
    );
    facts.configuration.changed.files = [{ path: 'a', state: 'changed' }];
    facts.configuration.certificate = 'it has expired';
    assert.deepEqual(
      starts('configuration-error')
        .flat()
        .map((one) => [one.procedure, one.input]),
      [
        ['restoreConfiguration', { what: 'all' }],
        ['restoreCertificates', {}],
      ],
    );
  });

  it('is as bad as the worst tier that is affected; a gateway that serves nobody is the worst', () => {
    const severity = (): string => severityOf(plan, affectedOf(plan, facts)).name;
    assert.equal(severity(), 'sev4');
    change(facts, 'loyalty-service', {});
    assert.equal(severity(), 'sev3');
    change(facts, 'property-service', {});
    assert.equal(severity(), 'sev2');
    facts.gateway.page = { healthy: false, says: 'status 502' };
    assert.equal(severity(), 'sev1');
    assert.equal(impactOf(affectedOf(plan, facts)), 'nginx, property-service (P2), loyalty-service (P3) do not work');
  });

  it('calls for the manual processes of what is affected', () => {
    const areas = (): string[] => manualProcesses(plan, affectedOf(plan, facts)).map(({ area }) => area);
    assert.deepEqual(areas(), ['Customer support']);
    change(facts, 'payment-service', {});
    assert.deepEqual(areas(), ['Payment processing', 'Customer support']);
    facts.gateway.page = { healthy: false, says: 'status 502' };
    assert.equal(areas().length, 4);
  });

  it('promises the next update by the end of the phase, and never later than the severity allows', () => {
    const minute = 60_000;
    const next = (at: number, given: boolean, every = 120): number =>
      nextUpdateBy(plan.communications, 0, at * minute, { every: every * minute, given }) / minute;
    assert.equal(next(0, false), 15, 'opened: the end of the first phase');
    assert.equal(next(5, true), 60, 'one was given in it: the end of the second');
    assert.equal(next(5, true, 30), 35, 'but not later than every 30 minutes');
    assert.equal(next(15, false), 60, 'one was missed: the end of the phase that begins then');
    assert.equal(next(15, false, 30), 45);
    assert.equal(next(100, true), 220, 'in the last phase, and behind it, only the severity counts');
    assert.equal(next(300, true, 30), 330);
  });
});
