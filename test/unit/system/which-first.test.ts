import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadPlan, type Plan } from '../../../plan';
import { namesOf, orderOf } from '../../../workflows/system/order';

type Services = Plan['services'];

const tiers = ['P1', 'P2', 'P3'].map((name) => ({ name, title: name, rto: 1, rpo: 1 }));
const service = (name: string, tier: string, dependsOn: string[] = []): Services[number] =>
  ({ name, tier, dependsOn }) as unknown as Services[number];
const waves = (order: ReturnType<typeof orderOf>['rest']): string[][] =>
  order.map((wave) => wave.map((one) => one.name));

describe('which services come first', () => {
  it('the plan of The Shandi: the four critical ones, what the gateway needs before it, then the eleven others at once', async () => {
    const { plan } = await loadPlan(join(__dirname, '../../../plan/shandi.yaml'));
    const order = orderOf(plan);
    assert.deepEqual(waves(order.critical), [['auth-service', 'order-service', 'payment-service'], ['api-gateway']]);
    assert.equal(order.rest.length, 1);
    assert.equal(namesOf(order.rest).length, 11);
    assert.equal(order.rest[0]?.[0]?.tier, 'P2');
    assert.equal(order.rest[0]?.at(-1)?.tier, 'P4');
  });

  it('what a critical service cannot work without is as critical, whatever its tier', () => {
    const order = orderOf({
      tiers,
      services: [
        service('front', 'P1', ['middle']),
        service('middle', 'P3', ['back', 'database']),
        service('back', 'P2'),
        service('other', 'P2'),
      ],
    });
    assert.deepEqual(waves(order.critical), [['back'], ['middle'], ['front']]);
    assert.deepEqual(waves(order.rest), [['other']]);
  });

  it('a wave waits for the longest chain below it, and what is brought back already is no chain', () => {
    const order = orderOf({
      tiers,
      services: [
        service('a', 'P1'),
        service('b', 'P2', ['a']),
        service('c', 'P3', ['b']),
        service('d', 'P2', ['b', 'c']),
      ],
    });
    assert.deepEqual(waves(order.rest), [['b'], ['c'], ['d']]);
  });

  it('a chain of a thousand services is put in order', () => {
    const many = Array.from({ length: 1_000 }, (_, index) =>
      service(`s${index}`, 'P2', index === 0 ? [] : [`s${index - 1}`]),
    );
    assert.equal(orderOf({ tiers, services: many.reverse() }).rest.length, 1_000);
  });
});
