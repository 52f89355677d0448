import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sheet } from '../../../workers/metrics/sheet';
import { Source } from '../../../workers/metrics/source';
import { Scrape } from '../../support/scrape';

const about = { source: 'database', target: 'postgres' };

async function scrape(source: Source<number>): Promise<Scrape> {
  const sheet = new Sheet();
  const labels = { resource: 'database.shandi', server: 'postgres' };
  await source.report(sheet, (value) => sheet.put('dr_archive_ready_segments', labels, value));
  return new Scrape(await sheet.text());
}
const told = (answer: Scrape): (number | undefined)[] => [
  answer.value('dr_up', about),
  answer.value('dr_archive_ready_segments'),
];

describe('a source of metrics', () => {
  it('that answers is told, and asked once while its answer is good', async () => {
    let asked = 0;
    const source = new Source({ ...about, keepMs: 60_000 }, async () => (asked += 1));
    assert.deepEqual(told(await scrape(source)), [1, 1]);
    assert.deepEqual(told(await scrape(source)), [1, 1]);
    assert.equal(asked, 1);
  });

  it('is read once for scrapes that come at once', async () => {
    let asked = 0;
    const source = new Source({ ...about, keepMs: 60_000 }, async () => {
      await sleep(20);
      return (asked += 1);
    });
    assert.deepEqual((await Promise.all([scrape(source), scrape(source)])).map(told), [
      [1, 1],
      [1, 1],
    ]);
    assert.equal(asked, 1);
  });

  it('that fell silent is down, and what it said before is told no more', async () => {
    const answers = [() => 7, () => assert.fail('the server is stopped')];
    const why: (string | undefined)[] = [];
    const options = { ...about, keepMs: 0, onChange: (_one: object, said: string | undefined) => void why.push(said) };
    const source = new Source(options, async () => (answers.shift() ?? (() => 8))());
    assert.deepEqual(told(await scrape(source)), [1, 7]);
    assert.deepEqual(told(await scrape(source)), [0, undefined]);
    assert.deepEqual(told(await scrape(source)), [1, 8]);
    assert.deepEqual(why, ['the server is stopped', undefined], 'the log says why, and that it is over');
  });

  it('that hangs holds no scrape, is not asked a second time meanwhile, and is told to stop', async () => {
    let asked = 0;
    let stopped = false;
    let answer: (value: number) => void = () => undefined;
    const source = new Source({ ...about, keepMs: 0, limitMs: 30 }, (signal) => {
      asked += 1;
      signal.addEventListener('abort', () => (stopped = true));
      return new Promise<number>((resolve) => (answer = resolve));
    });
    assert.deepEqual(told(await scrape(source)), [0, undefined]);
    assert.deepEqual(told(await scrape(source)), [0, undefined]);
    assert.equal(asked, 1);
    await sleep(10);
    assert.ok(stopped);
    answer(5);
    await sleep(0);
    const next = scrape(source);
    answer(6);
    assert.deepEqual(told(await next), [1, 6], 'what came too late is thrown away');
  });
});
