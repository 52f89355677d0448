import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { controlQueue } from '../../workflows/contracts/names';
import { brokenEnv, bundle, image } from '../support/fake-configuration';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';

const locks = {
  backupConfiguration: 'backup.configuration',
  restoreConfiguration: 'recover.configuration',
  backupCertificates: 'backup.certificates',
  restoreCertificates: 'recover.certificates',
};

describe('configuration and certificates: kept as encrypted bundles, and put back', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const start = (
    procedure: keyof typeof locks,
    input: Record<string, unknown> = {},
    workflowId = locks[procedure],
  ): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start(procedure, {
      taskQueue: controlQueue,
      workflowId,
      args: [{ reason: 'test', by: 'tester', ...input }],
    });
  const writing = ['placeFiles', 'putBackFiles', 'loadImages', 'reloadGateway'];
  const wrote = (site: FakeSite): string[] => site.calls.filter((name) => writing.includes(name));
  const changed = { ...brokenEnv, path: 'platform/compose/docker-compose.prod.yml', state: 'changed' as const };

  it('a backup is named after its moment and its run, opened again, and has the images beside it', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await start('backupConfiguration'));
      assert.match(JSON.stringify(report.result['backup']), /"label":"\d{8}T\d{6}Z-[0-9a-f]{8}"/);
      assert.deepEqual(site.calls, ['usedImages', 'backupBundle', 'listBundles', 'saveImages']);
      assert.deepEqual(site.given.get('backupBundle')?.[0]?.['images'], [image]);
    });
  });

  it('images: false keeps none', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      await resultOf(await start('backupConfiguration', { images: false }));
      assert.equal(site.count('saveImages'), 0);
    });
  });

  it('a bundle that cannot be opened again is none', async () => {
    const site = new FakeSite();
    site.answer('listBundles', () => [{ backup: bundle, problem: 'another checksum' }]);
    await house.with(site, async () => {
      const failure = await failureOf(await start('backupConfiguration'));
      assert.equal(failure.code, 'DR-BACKUP-FAILED');
      assert.match(failure.message, /another checksum/);
    });
  });

  it('the env file is broken: the policy answers, what it was is kept first, and the opened bundle is removed', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await start('restoreConfiguration'));
      assert.match(report.view.approvals[0]?.reason ?? '', /nothing that works is overwritten \(0 missing, 1 broken\)/);
      const order = ['stageBundle', 'keepFormerFiles', 'placeFiles', 'checkFiles', 'removeStaging'];
      assert.deepEqual(
        site.calls.filter((name) => order.includes(name)),
        order,
      );
      assert.deepEqual(report.result['restored'], [brokenEnv.path]);
      assert.match(String(report.result['kept']), /^\d{8}T/);
      assert.equal(report.view.verdict, 'met');
    });
  });

  it('a value had to be taken from the bundle: a person decides, and reads which', async () => {
    const site = new FakeSite();
    site.configuration.comparison.warnings = ['PGDATA_VOLUME: nothing here says what it is'];
    await house.with(site, async () => {
      const waiting = await until(await start('restoreConfiguration'), 'waiting-approval');
      assert.match(JSON.stringify(waiting.gates[0]?.card.warnings), /PGDATA_VOLUME/);
      assert.match(JSON.stringify(waiting.gates[0]?.card.facts), /Keys added in .*PG_PASSWORD, PGDATA_VOLUME/);
      assert.deepEqual(wrote(site), []);
    });
  });

  it('what exists and can be read is replaced: a person decides; rejected, nothing is written', async () => {
    const site = new FakeSite();
    site.configuration.comparison = { same: 11, files: [changed], warnings: [] };
    await house.with(site, async () => {
      const handle = await start('restoreConfiguration', { what: 'all' });
      const card = openCard(await until(handle, 'waiting-approval'));
      await handle.executeUpdate('reject', { args: [{ card, by: 'Management', reason: 'keep it' }] });
      assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
      assert.deepEqual(wrote(site), []);
      assert.equal(site.calls.at(-1), 'removeStaging');
    });
  });

  it('the policy is told to keep quiet: a person decides', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      await until(await start('restoreConfiguration', { policyMayAnswer: false }), 'waiting-approval');
      assert.deepEqual(wrote(site), []);
    });
  });

  it('a file changes while a person thinks: the approval is void and the gate opens anew', async () => {
    const site = new FakeSite();
    site.configuration.comparison = { same: 11, files: [changed], warnings: [] };
    await house.with(site, async () => {
      const handle = await start('restoreConfiguration', { what: 'all' });
      const card = openCard(await until(handle, 'waiting-approval'));
      site.configuration.comparison = { same: 11, files: [{ ...changed, now: 'd'.repeat(64) }], warnings: [] };
      await approve(handle, card);
      const again = await until(handle, 'waiting-approval');
      assert.equal(again.gates[0]?.state, 'void');
      assert.deepEqual(wrote(site), []);
    });
  });

  it('Compose cannot read what was restored; aborted: the former files are put back', async () => {
    const site = new FakeSite();
    site.fail('checkFiles', 'DR-COMPOSE', 'docker compose config ended with 15');
    await house.with(site, async () => {
      const handle = await start('restoreConfiguration');
      await until(handle, 'held');
      await handle.executeUpdate('resolve', { args: [{ action: 'abort', by: 'tester', reason: 'back' }] });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      assert.deepEqual(wrote(site), ['placeFiles', 'putBackFiles']);
      assert.deepEqual(site.given.get('putBackFiles')?.[0]?.['files'], site.given.get('placeFiles')?.[0]?.['files']);
      assert.equal(
        site.given.get('putBackFiles')?.[0]?.['label'],
        site.given.get('keepFormerFiles')?.[0]?.['label'],
        'from where they were kept',
      );
    });
  });

  it('nothing is missing or broken: nothing is asked and nothing is written', async () => {
    const site = new FakeSite();
    site.configuration.comparison = { same: 11, files: [{ ...changed, restore: false }], warnings: [] };
    await house.with(site, async () => {
      const report = await resultOf(await start('restoreConfiguration'));
      assert.equal(report.result['needed'], false);
      assert.deepEqual(report.result['left'], [changed.path]);
      assert.equal(report.view.gates.length, 0);
      assert.deepEqual(wrote(site), []);
    });
  });

  it('an image is gone from the engine: it is loaded, though no file is amiss; images: false leaves it', async () => {
    const site = new FakeSite();
    site.configuration.comparison = { same: 12, files: [], warnings: [] };
    site.configuration.images = [{ image, there: false, named: false }];
    await house.with(site, async () => {
      const report = await resultOf(await start('restoreConfiguration'));
      assert.deepEqual(report.result['images'], [image.name]);
      await resultOf(await start('restoreConfiguration', { images: false }));
      assert.equal(site.count('loadImages'), 1);
    });
  });

  it('the newest bundle is not whole: the one before is taken, on record', async () => {
    const site = new FakeSite();
    const newest = { ...bundle, label: '20261122T170000Z-1ea3d016' };
    site.configuration.bundles = [{ backup: newest, problem: 'another checksum' }, { backup: bundle }];
    await house.with(site, async () => {
      const report = await resultOf(await start('restoreConfiguration'));
      assert.match(JSON.stringify(report.view.timeline), /20261122T170000Z-1ea3d016 is passed over: another checksum/);
      assert.equal(site.given.get('placeFiles')?.[0]?.['label'], bundle.label);
    });
  });

  it('a label there is not: refused, and those that are there are named', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const failure = await failureOf(await start('restoreConfiguration', { backup: '20200101T000000Z-00000000' }));
      assert.equal(failure.code, 'DR-NO-BACKUP');
      assert.match(failure.message, new RegExp(`there are: ${bundle.label}`));
      assert.equal(site.count('stageBundle'), 0);
    });
  });

  it('the certificate expired: restored by policy, read by the gateway, and seen by a client', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await start('restoreCertificates'));
      assert.deepEqual(wrote(site), ['placeFiles', 'reloadGateway']);
      assert.equal(site.given.get('askServedCertificate')?.at(-1)?.['expect'], 'AA:BB');
      assert.equal(report.result['served'], true);
      assert.ok(site.given.get('listBundles')?.[0]?.['certificates'], 'a bundle with an expired one is of no use');
    });
  });

  it('the gateway does not run: the files are put in place, and nobody says that they are served', async () => {
    const site = new FakeSite();
    site.configuration.served = { running: false, says: 'nginx does not run' };
    await house.with(site, async () => {
      const report = await resultOf(await start('restoreCertificates'));
      assert.equal(report.result['served'], false);
      assert.deepEqual(wrote(site), ['placeFiles']);
      assert.match(JSON.stringify(report.view.timeline), /nginx does not run/);
    });
  });

  it('what was put in place cannot be served: held, and the gateway is not told to read it', async () => {
    const site = new FakeSite();
    site.configuration.found = { certificates: [], problem: 'no private key belongs to it' };
    await house.with(site, async () => {
      const held = await until(await start('restoreCertificates'), 'held');
      assert.equal(held.hold?.problem.code, 'DR-CERTIFICATE');
      assert.deepEqual(wrote(site), ['placeFiles']);
    });
  });

  it('every bundle holds an expired certificate: refused, and told to renew', async () => {
    const site = new FakeSite();
    site.configuration.bundles = [
      { backup: bundle, problem: 'the certificate in server.crt expired', code: 'DR-CERTIFICATE' },
    ];
    await house.with(site, async () => {
      const handle = await start('restoreCertificates');
      const failure = await failureOf(handle);
      assert.equal(failure.code, 'DR-CERTIFICATE');
      assert.match(failure.message, /expired/);
      assert.equal(site.count('stageBundle'), 0);
    });
  });

  it('a backup of certificates that cannot be served is kept, and said to be of no use for a restore', async () => {
    const site = new FakeSite();
    site.configuration.found = { certificates: [], problem: 'the certificate in server.crt expired' };
    await house.with(site, async () => {
      const report = await resultOf(await start('backupCertificates'));
      assert.match(JSON.stringify(report.view.timeline), /this bundle restores no gateway: the certificate/);
    });
  });

  const bad: [string, keyof typeof locks, Record<string, unknown>, string | undefined, RegExp][] = [
    ['another lock', 'restoreConfiguration', {}, 'recover.other', /expected recover\.configuration/],
    ['a label there cannot be', 'restoreConfiguration', { backup: 'yesterday' }, undefined, /expected the label/],
    ['what there is not', 'restoreConfiguration', { what: 'some' }, undefined, /expected missing or all/],
    ['images of certificates', 'restoreCertificates', { images: true }, undefined, /images/],
    ['a key there is not', 'backupCertificates', { force: true }, undefined, /force/],
  ];
  for (const [title, procedure, input, id, sentence] of bad)
    it(`bad input: ${title}`, async () => {
      await house.with(new FakeSite(), async () => {
        const failure = await failureOf(await start(procedure, input, id));
        assert.equal(failure.code, 'DR-INPUT');
        assert.match(failure.message, sentence);
      });
    });
});
