/**
 * `npm run histories`: saves a history per shape a run can have, for the replay test. Run it when a release changes the
 * shape of a procedure on purpose; keep the files of releases whose runs may still be alive. With words, such as
 * `npm run histories -- guard`, only those whose name holds one of them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { controlQueue } from '../../workflows/contracts/names';
import { FakeSite } from './fake-site';
import { House } from './house';
import { approve, openCard, until } from './runs';
import { shapesOfFailover, type Shape } from './shapes';
import { shapesOfServices } from './shapes-of-services';

const word = { by: 'on-call', reason: 'saved history' };
const root = join(__dirname, '..', '..');
const folder = join(root, 'test', 'histories');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};

const recovery: Record<string, Shape> = {
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
  'aborted-with-the-copy-in-place': async (house, site) => {
    site.fail('directWrite', 'DR-SQL', 'the heartbeat table is not there');
    const handle = await house.recover();
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

const keep = (house: House, forMs: number): ReturnType<Shape> => {
  const key = '1ea3d016';
  return house.client.workflow.start('keepCopy', {
    taskQueue: controlQueue,
    workflowId: `keep.database.shandi.${key}`,
    args: [{ database: 'shandi', key, until: new Date(Date.now() + forMs).toISOString() }],
  });
};

const keeper: Record<string, Shape> = {
  'time-over': (house) => keep(house, 1_000),
  'removed-early': async (house) => {
    const handle = await keep(house, 600_000);
    await until(handle, 'running');
    await handle.executeUpdate('abort', { args: [word] });
    return handle;
  },
};

/** Every shape by its name: the procedure, then what became of the run. */
const shapes: [string, Shape][] = Object.entries({
  'point-in-time-recovery': recovery,
  'keep-copy': keeper,
  ...shapesOfFailover,
  ...shapesOfServices,
}).flatMap(([procedure, own]) =>
  Object.entries(own).map(([name, live]): [string, Shape] => [`${procedure}.${name}`, live]),
);

async function main(words: string[]): Promise<void> {
  const house = await House.open();
  mkdirSync(folder, { recursive: true });
  for (const [name, live] of shapes) {
    if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
    const site = new FakeSite();
    const save = async (): Promise<void> => {
      const handle = await live(house, site);
      await handle.result().catch(() => undefined);
      const saved = {
        workflowId: handle.workflowId,
        history: JSON.parse(historyToJSON(await handle.fetchHistory())) as unknown,
      };
      // Stack traces name the folder of the checkout, identities and queues of workers the machine: a saved history names neither.
      const text = JSON.stringify(saved).replaceAll(root, '').replaceAll(`${process.pid}@${hostname()}`, 'worker');
      writeFileSync(join(folder, `${name}.${version}.json`), `${text}\n`);
      process.stdout.write(`${name}\n`);
    };
    await house.with(site, save, ['primary', 'backup']);
  }
  await house.close();
}

void main(process.argv.slice(2));
