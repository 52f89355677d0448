import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { missing, present, type Component, type ComponentName } from '../../../scripts/set-up/component';
import { SetUpError } from '../../../scripts/set-up/errors';
import { outcomeLines } from '../../../scripts/set-up/print';
import { complete, runComponents, withNeeds, type Outcome } from '../../../scripts/set-up/runner';
import { serial } from '../../../scripts/set-up/serial';

/** A component in memory; `provide` makes it present unless `provide` is given. */
function fake(
  name: ComponentName,
  options: Partial<Component> & { there?: boolean } = {},
): Component & { calls: string[] } {
  let there = options.there ?? false;
  const calls: string[] = [];
  return {
    name,
    title: name,
    needs: options.needs ?? [],
    calls,
    look: async () => {
      calls.push('look');
      return there ? present('1.0') : missing(`${name} is not there.`, `Install ${name}.`);
    },
    provide: async (progress) => {
      calls.push('provide');
      if (options.provide) await options.provide(progress);
      else there = true;
    },
  };
}

const quiet = { check: false, onOutcome: () => undefined, onProgress: () => undefined };
const results = (outcomes: Outcome[]): string[] =>
  outcomes.map(({ component, result }) => `${component.name} ${result}`);

describe('set-up: providing components', () => {
  it('leaves alone what is there', async () => {
    const docker = fake('docker', { there: true });
    assert.deepEqual(results(await runComponents([docker], quiet)), ['docker present']);
    assert.deepEqual(docker.calls, ['look']);
  });

  it('provides what is missing and looks again', async () => {
    const docker = fake('docker');
    assert.deepEqual(results(await runComponents([docker], quiet)), ['docker provided']);
    assert.deepEqual(docker.calls, ['look', 'provide', 'look']);
  });

  it('does not believe a provide that changed nothing', async () => {
    const outcomes = await runComponents([fake('docker', { provide: async () => undefined })], quiet);
    assert.equal(outcomes[0]?.result, 'missing');
    assert.equal(complete(outcomes), false);
  });

  it('changes nothing when only checking', async () => {
    const docker = fake('docker');
    const outcomes = await runComponents([docker], { ...quiet, check: true });
    assert.deepEqual(docker.calls, ['look']);
    assert.equal(outcomes[0]?.remedy, 'Install docker.');
  });

  it('renews what is present, but not when only checking', async () => {
    let renewed = 0;
    const image = { ...fake('images', { there: true }), renew: async () => void renewed++ };
    await runComponents([image], { ...quiet, check: true });
    assert.equal(renewed, 0);
    assert.deepEqual(results(await runComponents([image], quiet)), ['images present']);
    assert.equal(renewed, 1);
  });

  it('stops only what needs the one that failed, and prints the way to mend it', async () => {
    const docker = fake('docker', {
      provide: async () => {
        throw new SetUpError('No root rights.', 'Run it as root.');
      },
    });
    const image = fake('base-image', { needs: ['docker'] });
    const outcomes = await runComponents([docker, image, fake('temporal')], quiet);
    assert.deepEqual(results(outcomes), ['docker missing', 'base-image skipped', 'temporal provided']);
    assert.deepEqual(image.calls, []);
    assert.match(outcomeLines(outcomes[0]!).join('\n'), /MISSING +docker .*No root rights\.\n.*→ Run it as root\./);
  });

  it('survives a look that throws', async () => {
    const docker = { ...fake('docker'), look: () => Promise.reject(new Error('odd')) };
    const outcomes = await runComponents([docker], quiet);
    assert.equal(outcomes[0]?.detail, 'odd');
  });

  it('runs independent components side by side and dependent ones in order', async () => {
    const order: string[] = [];
    const slow = (name: string) => async () => {
      order.push(`${name} begins`);
      await sleep(20);
      order.push(`${name} ends`);
    };
    const docker = fake('docker', { provide: slow('docker') });
    const always = { look: async () => (order.includes('docker ends') ? present('') : missing('', '')) };
    const image = fake('base-image', { needs: ['docker'], provide: slow('image') });
    await runComponents([{ ...docker, ...always }, fake('temporal', { provide: slow('temporal') }), image], quiet);
    assert.deepEqual(order.slice(0, 2), ['docker begins', 'temporal begins']);
    assert.ok(order.indexOf('docker ends') < order.indexOf('image begins'));
  });

  it('adds what the wanted components need', () => {
    const all = [fake('docker-client'), fake('docker', { needs: ['docker-client'] }), fake('temporal')];
    assert.deepEqual(
      withNeeds(['docker'], all).map(({ name }) => name),
      ['docker-client', 'docker'],
    );
  });

  it('takes turns where only one may work, also after a failure', async () => {
    const oneAtATime = serial();
    const order: number[] = [];
    const first = oneAtATime(async () => {
      await sleep(10);
      order.push(1);
      throw new Error('first');
    });
    const second = oneAtATime(async () => order.push(2));
    await assert.rejects(first, /first/);
    await second;
    assert.deepEqual(order, [1, 2]);
  });
});
