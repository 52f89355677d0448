/**
 * A service is not trusted any more: whoever saw it opens an incident and names it. It is frozen and cut off, what it can tell
 * is kept as files with checksums, nothing is killed, and afterwards it goes on in the same container.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { readEnv } from '../../platform/lifecycle';
import { incidentQuery } from '../../workflows/contracts/incident';
import { controlQueue } from '../../workflows/contracts/names';
import type { EvidenceRef } from '../../workflows/contracts/run-view';
import { containerOf, docker } from '../support/docker';
import { EngineEvents } from '../support/engine-events';
import { project, testHome } from '../support/names';
import { approve, resultOf, seen, until, untilChildWaits } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('incident: a service is not trusted', function () {
  this.timeout(180_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));
  const name = 'loyalty-service';
  const word = { by: 'tester', reason: 'test' };
  const inspect = () => docker.getContainer(containerOf(name)).inspect();
  const page = async (): Promise<number> => {
    const port = (await readEnv(project))['NGINX_PORT'] ?? '';
    const asked = fetch(`http://127.0.0.1:${port}/api/loyalty?limit=1`, { signal: AbortSignal.timeout(5_000) });
    return asked.then((one) => one.status).catch(() => 0);
  };
  const isolation = (): WorkflowHandle => shandi.client.workflow.getHandle(`recover.service.${name}`);
  const textOf = (refs: EvidenceRef[], file: string): string => {
    const ref =
      refs.find(({ path }) => path.endsWith(file)) ??
      assert.fail(`no evidence ${file}: ${refs.map((one) => one.path).join(', ')}`);
    const content = readFileSync(join(testHome, ref.path));
    assert.equal(createHash('sha256').update(content).digest('hex'), ref.sha256, `checksum of ${file}`);
    return content.toString('utf8');
  };

  it('isolated by an approval of its own, with its evidence, and lifted: the same container serves again', async () => {
    execFileSync('docker', ['exec', containerOf(name), 'sh', '-c', 'echo planted > /tmp/dropper']);
    const before = await inspect();
    const engine = await EngineEvents.watch();
    const incident = await shandi.client.workflow.start('incidentResponse', {
      taskQueue: controlQueue,
      workflowId: 'incident.breach-1',
      args: [{ incident: 'breach-1', suspects: [name], tell: false, ...word }],
    });
    const { gates } = await until(incident, 'waiting-approval');
    assert.equal(gates[0]?.card.tables[0]?.rows[0]?.[0], 'security-breach');
    await approve(incident);
    const [waits] = await untilChildWaits(incident);
    assert.equal(waits?.workflowId, `recover.service.${name}`);
    assert.equal((await inspect()).State.Paused, false, 'nothing is frozen before somebody says so');
    await approve(isolation());
    const view = await seen(isolation(), ({ task }) => task !== undefined);

    const isolated = await inspect();
    assert.equal(isolated.State.Paused, true);
    assert.deepEqual(Object.keys(isolated.NetworkSettings.Networks), []);
    assert.notEqual(await page(), 200);
    assert.equal(view.evidence.length, 7, JSON.stringify(view.evidence.map((one) => one.path)));
    assert.match(textOf(view.evidence, 'changes.txt'), /^A \/tmp\/dropper$/m);
    assert.match(textOf(view.evidence, 'processes.txt'), /node/);
    assert.match(textOf(view.evidence, 'connections.txt'), /:8008 -> .* LISTEN/);
    assert.match(textOf(view.evidence, 'container.log'), /"service":"loyalty-service"/);
    assert.match(textOf(view.evidence, 'image.json'), new RegExp(before.Image));
    const described = textOf(view.evidence, 'inspect.json');
    assert.match(described, new RegExp(before.Id));
    const password = (await readEnv(project))['PG_PASSWORD'] ?? assert.fail('no password');
    assert.ok(!described.includes(password), 'no secret is kept');
    assert.match(textOf(view.evidence, 'SHA256SUMS'), /inspect\.json/);
    // A recovery cannot start it again meanwhile: the lock is taken.
    const recovery = shandi.client.workflow.start('serviceRecovery', {
      taskQueue: controlQueue,
      workflowId: `recover.service.${name}`,
      args: [{ service: name, ...word }],
      workflowIdConflictPolicy: 'FAIL',
    });
    await assert.rejects(recovery);

    await isolation().executeUpdate('lift', { args: [word] });
    await resultOf(isolation());
    const after = await inspect();
    assert.deepEqual(
      [after.Id, after.State.Paused, after.State.Pid],
      [before.Id, false, before.State.Pid],
      'the same process',
    );
    assert.deepEqual(Object.keys(after.NetworkSettings.Networks), Object.keys(before.NetworkSettings.Networks));
    await shandi.eventually('its page is served', async () => ((await page()) === 200 ? true : undefined));
    const killed = engine.of('die', containerOf(name));
    engine.stop();
    assert.equal(killed.length, 0, 'nothing was killed');
    await shandi.eventually('the incident is recovered', async () =>
      (await incident.query(incidentQuery)).state === 'recovered' ? true : undefined,
    );
  });

  it('aborted: the isolation is lifted', async () => {
    const handle = await shandi.client.workflow.start('isolateService', {
      taskQueue: controlQueue,
      workflowId: `recover.service.${name}`,
      args: [{ service: name, ...word }],
    });
    await approve(handle);
    await seen(handle, ({ task }) => task !== undefined);
    assert.equal((await inspect()).State.Paused, true);
    await handle.executeUpdate('abort', { args: [word] });
    await handle.result().catch(() => undefined);
    assert.equal((await inspect()).State.Paused, false);
    await shandi.eventually('its page is served', async () => ((await page()) === 200 ? true : undefined));
  });

  it('a database is not for this procedure: refused, and what can be isolated is named', async () => {
    const wrong = await shandi.client.workflow.start('isolateService', {
      taskQueue: controlQueue,
      workflowId: 'recover.service.postgres',
      args: [{ service: 'postgres', ...word }],
    });
    await assert.rejects(wrong.result(), (error: Error) =>
      /the plan has: .*nginx/.test((error.cause as Error).message),
    );
  });
});
