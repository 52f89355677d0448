/**
 * The database has failed over while a service that holds its address is isolated. The service must not be made anew: its
 * container is evidence, and it is not trusted.
 */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { repointServices, type RepointedServices } from '../../../activities/compose';
import { isolated } from '../../../activities/shared/isolated';
import { cluster } from '../../fixtures/servers';
import { FakeContainer } from '../../support/fake-container';

const run = { workflowId: 'recover.database.shandi', runId: 'run-1' };
const approval = {
  gate: 'promote',
  card: '0123456789ab',
  ...run,
  by: 'on-call',
  via: 'person' as const,
  at: '2026-11-22T17:00:00Z',
};
const logger = new DefaultLogger('ERROR', () => undefined);

describe('services that are told the new address of the database', () => {
  let container: FakeContainer;
  const path = process.env['PATH'];
  beforeEach(async () => {
    container = await FakeContainer.listen();
    container.writeEnv('DATABASE_HOST=postgres\n');
    // No `docker compose` here: a call of it fails.
    process.env['PATH'] = '/nonexistent';
  });
  afterEach(() => {
    process.env['PATH'] = path;
    container.close();
  });

  const repoint = (): Promise<RepointedServices> =>
    new MockActivityEnvironment({ workflowExecution: run }, { logger }).run(repointServices, {
      site: container.site,
      database: cluster().home.database,
      variable: 'DATABASE_HOST',
      host: 'postgres-standby',
      tiers: [['content-service']],
      services: [],
      approval,
    });

  it('a frozen one is left alone, and named', async () => {
    container.state = { ...container.state, Paused: true };
    const { restarted, isolated: left } = await repoint();
    assert.deepEqual([restarted, left], [[], ['content-service']]);
  });

  it('one in no network is left alone, and named', async () => {
    container.networks = {};
    assert.deepEqual((await repoint()).isolated, ['content-service']);
  });

  it('one that runs in its network is made anew', () =>
    assert.rejects(repoint(), /docker compose could not be started/));

  it('one that shares the network of another container has none of its own, and is not isolated', () => {
    container.networks = {};
    container.networkMode = 'container:abc';
    assert.equal(isolated(container.info() as Parameters<typeof isolated>[0]), false);
  });
});
