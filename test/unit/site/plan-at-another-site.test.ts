import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../../activities/shared/paths';
import { derivePlan, loadPlan, type Plan } from '../../../plan';
import { cannotTakeOver, planAt } from '../../../workflows/site/view';

describe('the plan as it is at another site', () => {
  let plan: Plan;
  before(async () => ({ plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'))));
  const at = (given: Plan): Plan => planAt(given, given.sites[1]!);

  it('has its ports, its files, its secrets and its servers', () => {
    const there = at(plan);
    const [database] = there.databases;
    assert.deepEqual(
      [database?.service, database?.site, database?.port, database?.volumeVariable, database?.standbys],
      ['backup-postgres', 'backup', 5933, 'STANDBY_PGDATA_VOLUME', []],
    );
    assert.deepEqual(
      [database?.pooler.port, database?.pooler.databasesFile, database?.clientPath.port],
      [6932, 'platform/state/shandi-backup/pgbouncer/databases.ini', 6932],
    );
    assert.deepEqual(database?.clientPath.password, {
      envFile: 'platform/state/shandi-backup/.env',
      key: 'PG_PASSWORD',
    });
    assert.deepEqual([there.stores[0]?.port, there.stores[0]?.site], [6879, 'backup']);
    assert.deepEqual(there.gateway.ports, { http: 8580, https: 8943 });
    assert.equal(there.gateway.certificates, 'platform/state/shandi-backup/certs');
    const reduced = there.businessContinuity.reducedFunctionality.gateway;
    assert.deepEqual(
      [reduced?.directory, reduced?.pass],
      ['platform/state/shandi-backup/nginx', { envFile: 'platform/state/shandi-backup/.env', key: 'GATEWAY_PASS' }],
    );
    assert.equal(there.services.find((one) => one.name === 'order-service')?.port, 8506);
    assert.deepEqual(
      there.sites.map((one) => one.role),
      ['backup', 'primary'],
    );
  });

  it('follows a copy of the platform to its own ports and files', () => {
    const there = at(derivePlan(plan, { project: 'shandi-test', portOffset: 10_000 }));
    const [database] = there.databases;
    assert.deepEqual(
      [database?.port, database?.pooler.databasesFile],
      [15933, 'platform/state/shandi-test-backup/pgbouncer/databases.ini'],
    );
    assert.equal(there.gateway.ports.http, 18580);
  });

  it('leaves the plan itself as it was', () => {
    const before = JSON.stringify(plan);
    at(plan);
    assert.equal(JSON.stringify(plan), before);
  });

  it('is not to be had of a site that cannot take over', () => {
    assert.deepEqual(cannotTakeOver(plan, 'backup'), []);
    const without = (change: (site: Plan['sites'][number]) => Plan['sites'][number]): Plan => ({
      ...plan,
      sites: plan.sites.map((one) => (one.name === 'backup' ? change(one) : one)),
    });
    assert.match(cannotTakeOver(plan, 'moon').join(), /"moon" is not in the plan, which has: primary, backup/);
    assert.match(cannotTakeOver(plan, 'primary').join(), /is the primary one/);
    assert.match(
      cannotTakeOver(
        without((site) => ({ ...site, takesOver: undefined })),
        'backup',
      ).join(),
      /has no takesOver/,
    );
    assert.match(
      cannotTakeOver(
        without((site) => ({ ...site, standIns: [] })),
        'backup',
      ).join(),
      /database shandi has no stand-in at site backup/,
    );
  });
});
