/**
 * The worst day: the platform is broken, and the control plane that would mend it is destroyed with its database, in the middle
 * of a recovery. What is left is a checkout, the plan, the backups and the key that opens them. `dr rescue` starts a new
 * control plane and brings the platform back.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { root } from '../../activities/shared/paths';
import { readEnv } from '../../platform/lifecycle';
import { takeBundle } from '../support/bundles';
import { controlPlaneProject, onControlPlane, removeControlPlane } from '../support/containers';
import { docker } from '../support/docker';
import { project, temporalPort, testHome } from '../support/names';
import { dr, json } from '../support/program';
import { openCard, resultOf, until } from '../support/runs';
import { asClient, Shandi } from '../support/shandi';

/** Another machine has another home and other ports; here they keep the two control planes apart. */
const rescueHome = `${testHome}-rescue`;
const elsewhere = { DR_HOME: rescueHome, DR_TEMPORAL_PORT: String(temporalPort + 100) };
const here = Object.fromEntries(Object.keys(elsewhere).map((name) => [name, process.env[name]]));

describe('the control plane is destroyed while the platform is broken', function () {
  this.timeout(300_000);
  let shandi: Shandi;
  before(async () => {
    rmSync(rescueHome, { recursive: true, force: true });
    shandi = await Shandi.open();
  });
  after(async () => {
    Object.assign(process.env, elsewhere);
    await dr('down');
    Object.assign(process.env, here);
    rmSync(rescueHome, { recursive: true, force: true });
  });

  it('dr rescue: refused while it lives or its workers do; then a new one recovers everything', async () => {
    const ledger = await shandi.startLedger();
    await takeBundle(shandi, 'configuration');
    const { name } = await shandi.mark();
    const interrupted = await shandi.recover({ target: { kind: 'latest' } });
    openCard(await until(interrupted, 'waiting-approval'));

    // The home of the new one is empty, and TEMPORAL_ADDRESS leads to the former one, as in the shell of whoever used it.
    Object.assign(process.env, elsewhere);
    // The tests before this one have left the standby behind, and to make it anew somebody would be asked.
    const words = ['rescue', '--no-protect', '--reason', 'the control host burned down'];
    const living = await dr(...words);
    assert.equal(living.code, 3, living.err);
    assert.match(living.err, /answers: it is not lost/);

    await onControlPlane('rm', '--stop', '--force', 'postgresql', 'temporal', 'ui', 'control-worker', 'site-backup');
    const beside = await dr(...words);
    assert.equal(beside.code, 3, beside.err);
    assert.match(beside.err, new RegExp(`docker stop ${controlPlaneProject}-site-primary-1`));

    await removeControlPlane();
    const ofPlatform = { label: [`com.docker.compose.project=${project}`] };
    for (const one of await docker.listContainers({ filters: ofPlatform })) await docker.getContainer(one.Id).kill();
    const envFile = join(root(), 'platform', 'state', project, '.env');
    const before = await readEnv(project);
    rmSync(envFile);

    const began = await dr(...words, '--detach');
    assert.equal(began.code, 0, `${began.out}\n${began.err}`);
    assert.match(began.err, /Newest bundle of configuration: /);
    assert.match(began.err, /The key of the bundles can be read/);
    const wire = await Connection.connect({ address: `127.0.0.1:${temporalPort + 100}` });
    try {
      const report = await resultOf(new Client({ connection: wire }).workflow.getHandle('recover.system'));
      assert.equal(report.view.verdict, 'met');
      assert.deepEqual(report.result['notRecovered'], []);
    } finally {
      await wire.close();
    }
    assert.ok(existsSync(envFile), 'the env file is back');
    assert.deepEqual(await readEnv(project), before);
    assert.ok((await shandi.marks()).includes(name));
    await shandi.clientWrites();
    await shandi.stopLedger();
    assert.deepEqual((await ledger.verdict({ query: asClient })).missing, []);

    // What the new one is asked without a word about where it is: the address of the lost one is unset, as it was told.
    const address = process.env['TEMPORAL_ADDRESS'];
    delete process.env['TEMPORAL_ADDRESS'];
    const runs = await json<{ workflowId: string }[]>(0, 'runs');
    process.env['TEMPORAL_ADDRESS'] = address;
    assert.ok(runs.some((one) => one.workflowId === 'recover.system'));
    assert.equal(spawnSync('docker', ['volume', 'inspect', `${controlPlaneProject}_postgresql`]).status, 1);
  });
});
