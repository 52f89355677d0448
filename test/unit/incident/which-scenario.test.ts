/**
 * Seven disasters as facts: each must be proposed first where it happened, with what speaks for it, and what works must speak
 * against the others. The same facts give the same order.
 */
import assert from 'node:assert/strict';
import type { Plan } from '../../../plan';
import type { IncidentFacts, Verdict } from '../../../workflows/contracts/incident';
import { beyondDoubt, judge, proposed } from '../../../workflows/incident/judge';
import { change, peace, thePlan } from './facts';

describe('which scenario it is', () => {
  let plan: Plan;
  let facts: IncidentFacts;
  before(async () => (plan = await thePlan()));
  beforeEach(() => (facts = peace(plan)));
  const verdicts = (suspects: string[] = []): Verdict[] => judge(plan, facts, suspects, () => 'something begins');
  const first = (suspects: string[] = []): string | undefined => proposed(verdicts(suspects))?.scenario;
  const says = (scenario: string): string =>
    verdicts()
      .find((one) => one.scenario === scenario)
      ?.evidence.map((one) => one.says)
      .join('; ') ?? '';

  it('nothing is wrong: nothing is proposed, and every scenario is judged', () => {
    assert.equal(first(), undefined);
    assert.deepEqual(
      verdicts()
        .map((one) => one.scenario)
        .sort(),
      plan.scenarios.map((one) => one.name).sort(),
    );
    assert.ok(verdicts().every((one) => one.likelihood === 'unlikely' && one.evidence.length > 0));
  });

  it('data centre: the primary site does not answer, the other does', () => {
    facts.sites = [
      { name: 'primary', role: 'primary', answered: false, problem: 'no worker took it' },
      { name: 'backup', role: 'backup', answered: true },
    ];
    for (const { name } of plan.services) change(facts, name, { state: 'unknown', says: 'its site did not answer' });
    facts.resources = [];
    facts.paths = { paths: [] };
    facts.databases = facts.databases.map((one) => ({
      ...one,
      clients: { healthy: false, says: 'no answer' },
      damage: { answered: false, logged: [], problem: 'no answer' },
    }));
    facts.stores = facts.stores.map((one) => ({ ...one, healthy: false, says: 'no answer' }));
    assert.equal(first(), 'data-center-failure');
    assert.equal(beyondDoubt(verdicts()), true);
    assert.match(says('service-outage'), /of its services nothing is known/);
  });

  it('a machine that was restarted is no lost data centre: its engine answers, so services are started', () => {
    for (const { name } of plan.services) change(facts, name, { state: 'stopped', says: 'its container is stopped' });
    facts.gateway = { service: 'nginx', state: 'stopped', page: { healthy: false, says: 'ECONNREFUSED' } };
    assert.equal(first(), 'service-outage');
  });

  it('database: a page with a wrong checksum was read, and clients are served all the same', () => {
    facts.databases[0]!.damage = { answered: true, checksumFailures: 2, logged: ['ERROR:  invalid page in block 7'] };
    assert.equal(first(), 'database-corruption');
    assert.match(says('database-corruption'), /2 pages with a wrong checksum.*invalid page in block 7/);
  });

  it('service: the one that takes orders has ended', () => {
    change(facts, 'order-service', { state: 'stopped', says: 'its container is stopped' });
    assert.equal(first(), 'service-outage');
    assert.equal(beyondDoubt(verdicts()), true);
    assert.match(says('service-outage'), /order-service \(P1\) is down/);
  });

  it('a service that answers and is not well is an outage with doubts: nothing begins by itself', () => {
    change(facts, 'order-service', { says: 'status 503' });
    assert.equal(first(), 'service-outage');
    assert.equal(beyondDoubt(verdicts()), false);
  });

  it('security: no probe sees it, the word of a person does', () => {
    assert.equal(first(), undefined);
    assert.equal(first(['content-service']), 'security-breach');
    change(facts, 'order-service', { state: 'stopped' });
    assert.equal(first(['content-service']), 'security-breach', 'however much else is down');
  });

  it('network: a container runs in no network; its service is not reached, and it is no outage of the service', () => {
    change(facts, 'order-service', { says: 'ECONNREFUSED' });
    facts.resources[0]!.containers.find((one) => one.service === 'order-service')!.networks = [];
    facts.paths.paths.find((one) => one.service === 'order-service')!.answer = 'no such host';
    assert.equal(first(), 'network-connectivity');
    assert.ok((verdicts().find((one) => one.scenario === 'service-outage')?.score ?? 9) < 0);
  });

  it('network: the database works on its own machine and not for its clients, and containers do not reach each other', () => {
    facts.databases[0]!.clients = { healthy: false, says: 'timeout' };
    facts.paths.paths[0]!.answer = 'no answer';
    assert.equal(first(), 'network-connectivity');
  });

  it('configuration: Compose cannot read it, or files are gone', () => {
    facts.configuration.problem = 'yaml: line 3: mapping values are not allowed';
    assert.equal(first(), 'configuration-error');
    delete facts.configuration.problem;
    facts.configuration.changed.files = [{ path: 'platform/compose/docker-compose.prod.yml', state: 'missing' }];
    assert.equal(first(), 'configuration-error');
    assert.match(says('configuration-error'), /gone since bundle b: platform\/compose/);
  });

  it('a file that was changed is no error by itself: procedures change files, too', () => {
    facts.configuration.changed.files = [{ path: 'platform/state/shandi/.env', state: 'changed', changedAt: facts.at }];
    assert.equal(first(), undefined);
  });

  it('resources: the kernel killed a service for want of memory; that it is down is only what follows', () => {
    change(facts, 'order-service', { state: 'stopped' });
    Object.assign(
      facts.resources[0]!.containers.find((one) => one.service === 'order-service')!,
      {
        running: false,
        oomKilled: true,
      },
    );
    assert.equal(first(), 'resource-exhaustion');
    assert.equal(beyondDoubt(verdicts()), true);
  });

  it('resources: the disk is full, or the connections are', () => {
    facts.resources[0]!.disk = { path: '/var/lib/docker', freeBytes: 1e10, totalBytes: 1e12 };
    assert.equal(first(), 'resource-exhaustion');
    facts = peace(plan);
    facts.databases[0]!.damage.connections = { used: 97, max: 100 };
    assert.equal(first(), 'resource-exhaustion');
    assert.match(says('resource-exhaustion'), /97 of 100 connections/);
  });

  it('a disk that fills up is told, and keeps no recovery from beginning by itself', () => {
    facts.resources[0]!.disk = { path: '/var/lib/docker', freeBytes: 6e10, totalBytes: 1e12 };
    change(facts, 'order-service', { state: 'stopped', healthy: false, says: 'its container is stopped' });
    assert.equal(first(), 'service-outage');
    assert.match(says('resource-exhaustion'), /has 60 GB left of 1 TB/);
    assert.equal(beyondDoubt(verdicts()), true);
  });

  it('a scenario that only the plan knows is left to people', () => {
    const own = { ...plan, scenarios: [{ ...plan.scenarios[0]!, name: 'flood' }] };
    const [flood] = judge(own, facts, [], () => '');
    assert.equal(flood?.likelihood, 'unlikely');
    assert.match(flood?.evidence[0]?.says ?? '', /a person can/);
  });
});
