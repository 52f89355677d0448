import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filled, measure, tookWrites, union, without, type Seen } from '../../../activities/guard/availability';
import { keepLook, readLooks } from '../../../activities/guard/looks';
import type { ProbeAnswer, Round } from '../../../workflows/contracts/guard';
import type { DatabaseAt } from '../../../workflows/contracts/recovery';

const answer = (probe: ProbeAnswer['probe'], said: ProbeAnswer['answer']): ProbeAnswer => ({
  probe,
  answer: said,
  says: said,
  tookMs: 1,
});
const round = (answers: ProbeAnswer[], more: Partial<Round> = {}): Round => ({
  observer: 'primary',
  startedAt: '2026-11-27T10:00:00.000Z',
  answers,
  ...more,
});
const container = { exists: true, running: true, paused: false, exitCode: 0, oomKilled: false, restartPolicy: 'no' };
const hour = 3_600_000;
const day = [{ name: 'd', from: 0, to: 24 * hour }];
const up = (from: number, to: number): Seen => ({ from, to, up: true });
const down = (from: number, to: number): Seen => ({ from, to, up: false });

describe('whether a database took writes, by a look', () => {
  it('a write that was committed is proof, by whichever way', () => {
    assert.equal(tookWrites(round([answer('direct', 'ok'), answer('standby', 'silent')])), true);
    assert.equal(tookWrites(round([answer('direct', 'silent'), answer('client-path', 'ok')])), true);
  });
  it('a container that has ended or is frozen takes none, whoever else was asked', () => {
    const ended = { container: { ...container, running: false, exitCode: 137 } };
    assert.equal(tookWrites(round([answer('engine', 'ok')], ended)), false);
    assert.equal(tookWrites(round([answer('direct', 'silent')], { container: { ...container, paused: true } })), false);
  });
  it('a refused write is none', () => {
    assert.equal(tookWrites(round([answer('direct', 'refused')])), false);
    assert.equal(tookWrites(round([answer('direct', 'silent'), answer('engine', 'ok')], { container })), false);
  });
  it('an observer that hears nothing at all tells of itself', () => {
    assert.equal(tookWrites(round([answer('direct', 'silent'), answer('standby', 'silent')])), undefined);
    assert.equal(tookWrites(round([answer('engine', 'ok')], { container })), undefined);
    assert.equal(tookWrites(round([])), undefined);
  });
});

describe('availability from what observers saw', () => {
  it('time in which nobody watched is not known, and the sum is the period', () => {
    const { known } = measure([[up(0, 6 * hour), up(12 * hour, 24 * hour)]], [], day);
    assert.deepEqual(known, [{ period: 'd', upMs: 18 * hour, downMs: 0, unknownMs: 6 * hour }]);
  });
  it('with no samples nothing is known', () =>
    assert.deepEqual(measure([], [], day).known, [{ period: 'd', upMs: 0, downMs: 0, unknownMs: 24 * hour }]));
  it('a look reaches to the next one, and no further', () => {
    assert.deepEqual(filled([up(0, 1000), up(15_000, 16_000)]).length, 3);
    assert.deepEqual(filled([up(0, 1000), up(16_001, 17_000)]).length, 2);
  });
  it('between a good and a bad look it was down', () => {
    const { known, down: times } = measure(
      [[up(0, 10_000), down(12_000, 20_000), up(21_000, 30_000)]],
      [],
      [{ name: 'd', from: 0, to: 30_000 }],
    );
    assert.deepEqual(known, [{ period: 'd', upMs: 19_000, downMs: 11_000, unknownMs: 0 }]);
    assert.deepEqual(times, [{ from: '1970-01-01T00:00:10.000Z', to: '1970-01-01T00:00:21.000Z' }]);
  });
  it('a write that one observer saw counts over what another did not see', () => {
    const { known } = measure([[up(0, hour)], [down(0, 2 * hour)]], [], day);
    assert.deepEqual([known[0]?.upMs, known[0]?.downMs], [hour, hour]);
  });
  it('an outage that a run measured counts where nobody saw a write', () => {
    const outage = { from: hour - 1000, to: hour + 60_000 };
    const { known } = measure([[up(0, hour), up(hour + 120_000, 2 * hour)]], [outage], day);
    assert.equal(known[0]?.downMs, 60_000);
  });
  it('is cut at the borders of periods', () => {
    const two = [
      { name: 'a', from: 0, to: hour },
      { name: 'b', from: hour, to: 2 * hour },
    ];
    const { known, down: times } = measure([[down(0.5 * hour, 1.5 * hour)]], [], two);
    assert.deepEqual(
      known.map(({ downMs, unknownMs }) => [downMs, unknownMs]),
      [
        [hour / 2, hour / 2],
        [hour / 2, hour / 2],
      ],
    );
    assert.equal(times[0]?.from, '1970-01-01T01:00:00.000Z', 'of the last period alone');
  });
  it('spans are joined, and cut out of each other', () => {
    assert.deepEqual(union([up(5, 9), up(0, 5), up(7, 12), up(20, 21)]), [
      { from: 0, to: 12 },
      { from: 20, to: 21 },
    ]);
    assert.deepEqual(
      without(
        [{ from: 0, to: 10 }],
        [
          { from: 2, to: 3 },
          { from: 9, to: 12 },
        ],
      ),
      [
        { from: 0, to: 2 },
        { from: 3, to: 9 },
      ],
    );
  });
});

describe('looks that observers keep', () => {
  const before = process.env['DR_HOME'];
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'dr-looks-'));
    process.env['DR_HOME'] = home;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['DR_HOME'];
    else process.env['DR_HOME'] = before;
    rmSync(home, { recursive: true });
  });
  const at = { database: { name: 'shandi', backup: { repositoryVolume: 'repo' } } } as unknown as DatabaseAt;
  const all = { from: 0, to: Date.parse('2030-01-01T00:00:00Z') };
  const look = (startedAt: string, said: ProbeAnswer['answer'] = 'ok'): Promise<void> =>
    keepLook('primary', at, round([answer('direct', said), answer('engine', 'ok')], { startedAt, container }));

  it('are one span for as long as nothing changes, written once a minute', async () => {
    for (let second = 0; second <= 150; second += 10)
      await look(new Date(Date.parse('2026-11-27T10:00:00Z') + second * 1000).toISOString());
    const seen = (await readLooks(at, all)).get('primary') ?? [];
    assert.deepEqual(
      seen.map(({ from, to }) => (to - from) / 1000),
      [60, 60, 30],
    );
    assert.deepEqual(union(seen), [
      { from: Date.parse('2026-11-27T10:00:00Z'), to: Date.parse('2026-11-27T10:02:30Z') },
    ]);
  });

  it('begin a span of their own after a change, a gap and midnight; a torn line is none', async () => {
    for (const [time, said] of [
      ['2026-11-27T23:59:40Z'],
      ['2026-11-27T23:59:50Z', 'refused'],
      ['2026-11-28T00:00:00Z', 'refused'],
      ['2026-11-28T00:10:00Z', 'refused'],
      ['2026-11-28T00:20:00Z'],
    ] as [string, ProbeAnswer['answer']?][])
      await look(time, said);
    const folder = join(home, 'samples', 'looks', 'shandi@repo');
    assert.deepEqual(readdirSync(folder).sort(), ['2026-11-27.primary.jsonl', '2026-11-28.primary.jsonl']);
    appendFileSync(join(folder, '2026-11-28.primary.jsonl'), '{"from":1,"t');
    const seen = (await readLooks(at, all)).get('primary') ?? [];
    assert.deepEqual(
      seen.map((one) => one.up),
      [true, false, false, false, true],
    );
  });

  it('of a copy of the platform are none of the platform', async () => {
    await look('2026-11-27T10:00:00Z');
    const drill = { database: { name: 'shandi', backup: { repositoryVolume: 'drill' } } } as unknown as DatabaseAt;
    assert.equal((await readLooks(drill, all)).size, 0);
  });
});
