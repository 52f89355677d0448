/**
 * `npm run histories`: saves a history per shape a run can have, for the replay test. Run it when a release changes the
 * shape of a procedure on purpose; keep the files of releases whose runs may still be alive.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { WorkflowHandle } from '@temporalio/client';
import { FakeSite } from './fake-site';
import { House } from './house';
import { approve, openCard, until } from './runs';

const word = { by: 'on-call', reason: 'saved history' };
const root = join(__dirname, '..', '..');
const folder = join(root, 'test', 'histories');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};

const shapes: Record<string, (house: House, site: FakeSite) => Promise<WorkflowHandle>> = {
  recovered: async (house) => {
    const handle = await house.recover();
    await approve(handle);
    return handle;
  },
  checked: (house) => house.recover({ mode: 'check' }, 'check.database.shandi'),
  copied: (house) => house.recover({ mode: 'copy' }, 'copy.database.shandi'),
  refused: (house, site) => {
    site.free = 1;
    return house.recover();
  },
  expired: (house) => house.recover({ approvalTimeoutMs: 200 }),
  rejected: async (house) => {
    const handle = await house.recover();
    const card = openCard(await until(handle, 'waiting-approval'));
    await handle.signal('reject', { card, ...word });
    return handle;
  },
  cancelled: async (house) => {
    const handle = await house.recover();
    await until(handle, 'waiting-approval');
    await handle.cancel();
    return handle;
  },
  'held-retried-aborted': async (house, site) => {
    site.fail('restoreCopy', 'DR-ENGINE', 'the engine is away');
    site.fail('promoteCopy', 'DR-PROMOTE', 'still in recovery');
    const handle = await house.recover();
    await until(handle, 'held');
    await handle.executeUpdate('resolve', { args: [{ action: 'retry', ...word }] });
    await approve(handle);
    await until(handle, 'held');
    await handle.executeUpdate('resolve', { args: [{ action: 'abort', ...word }] });
    return handle;
  },
  'retargeted-drifted': async (house, site) => {
    site.delays.set('measureLoss', 150);
    const handle = await house.recover();
    await until(handle, 'waiting-approval');
    await handle.executeUpdate('retarget', { args: [{ target: { kind: 'lsn', lsn: '0/5000000' }, ...word }] });
    let view = await until(handle, 'waiting-approval');
    while (view.gates.length < 2) view = await until(handle, 'waiting-approval');
    site.loss = { transactions: 1_000_000 };
    await approve(handle, openCard(view));
    while (view.gates.length < 3) view = await until(handle, 'waiting-approval');
    await approve(handle, openCard(view));
    return handle;
  },
};

async function main(): Promise<void> {
  const house = await House.open();
  mkdirSync(folder, { recursive: true });
  for (const [name, live] of Object.entries(shapes)) {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await live(house, site);
      await handle.result().catch(() => undefined);
      const saved = {
        workflowId: handle.workflowId,
        history: JSON.parse(historyToJSON(await handle.fetchHistory())) as unknown,
      };
      // Stack traces name the folder of the checkout, identities and queues of workers the machine: a saved history names neither.
      const text = JSON.stringify(saved).replaceAll(root, '').replaceAll(`${process.pid}@${hostname()}`, 'worker');
      writeFileSync(join(folder, `point-in-time-recovery.${name}.${version}.json`), `${text}\n`);
      process.stdout.write(`${name}\n`);
    });
  }
  await house.close();
}

void main();
