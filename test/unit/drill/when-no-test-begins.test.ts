import assert from 'node:assert/strict';
import { examinePlan, type Blackout } from '../../../plan';
import { closedAt } from '../../../workflows/contracts/blackouts';
import { changed } from '../plan/support';

/** 2026-11-27 is a Friday. */
const dinner: Blackout = { name: 'dinner', days: ['friday', 'saturday'], hours: { from: '17:00', to: '23:00' } };
const night: Blackout = { name: 'night', hours: { from: '22:00', to: '06:00' } };
const holidays: Blackout = { name: 'holidays', dates: { first: '2026-12-24', last: '2027-01-01' } };

describe('windows in which no test begins', () => {
  const cases: [string, Blackout[], string, { name: string; until?: string } | undefined][] = [
    ['none is named', [], '2026-11-27T18:00:00Z', undefined],
    ['its day, its hours', [dinner], '2026-11-27T18:00:00Z', { name: 'dinner', until: '2026-11-27T23:00:00.000Z' }],
    ['its first moment', [dinner], '2026-11-27T17:00:00Z', { name: 'dinner', until: '2026-11-27T23:00:00.000Z' }],
    ['its end is outside', [dinner], '2026-11-27T23:00:00Z', undefined],
    ['a moment before it', [dinner], '2026-11-27T16:59:59.999Z', undefined],
    ['its hours on another day', [dinner], '2026-11-29T18:00:00Z', undefined],
    [
      'past midnight, on the evening',
      [night],
      '2026-11-27T22:30:00Z',
      { name: 'night', until: '2026-11-28T06:00:00.000Z' },
    ],
    [
      'past midnight, on the morning',
      [night],
      '2026-11-28T05:59:00Z',
      { name: 'night', until: '2026-11-28T06:00:00.000Z' },
    ],
    ['past midnight, by day', [night], '2026-11-28T12:00:00Z', undefined],
    [
      'the morning after its last day',
      [{ ...night, name: 'friday-night', days: ['friday'] }],
      '2026-11-28T05:00:00Z',
      { name: 'friday-night', until: '2026-11-28T06:00:00.000Z' },
    ],
    [
      'the morning of a day that it begins on',
      [{ ...night, name: 'friday-night', days: ['friday'] }],
      '2026-11-27T05:00:00Z',
      undefined,
    ],
    [
      'whole days of the calendar',
      [holidays],
      '2026-12-31T03:00:00Z',
      { name: 'holidays', until: '2027-01-02T00:00:00.000Z' },
    ],
    ['the day after the last', [holidays], '2027-01-02T00:00:00Z', undefined],
    [
      'one that follows another without a break',
      [dinner, night],
      '2026-11-27T18:00:00Z',
      { name: 'dinner', until: '2026-11-28T06:00:00.000Z' },
    ],
    ['all week', [{ name: 'ever', hours: { from: '00:00', to: '00:00' } }], '2026-11-27T18:00:00Z', { name: 'ever' }],
  ];
  for (const [title, blackouts, at, expected] of cases)
    it(title, () => assert.deepEqual(closedAt(blackouts, Date.parse(at)), expected));
});

describe('a window of a plan', () => {
  const cases: [string, unknown, string, RegExp][] = [
    ['without any time', { name: 'dinner' }, '', /days, hours or dates: one of them at least/],
    [
      'at a time that no clock shows',
      { name: 'dinner', hours: { from: '24:30', to: '02:00' } },
      '.hours.from',
      /a time of day in UTC/,
    ],
    [
      'whose last day is before its first',
      { name: 'year-end', dates: { first: '2027-01-06', last: '2026-12-20' } },
      '.dates',
      /a first day that is not after the last/,
    ],
  ];
  for (const [title, window, where, expected] of cases)
    it(`${title} is refused`, () => {
      const { faults } = examinePlan(changed([['drills', 'blackouts'], [window]]), 'plan.yaml');
      assert.equal(faults.length, 1, faults.map(({ sentence }) => sentence).join('\n'));
      assert.equal(faults[0]?.path, `drills.blackouts[0]${where}`);
      assert.match(faults[0]?.sentence ?? '', expected);
    });
});
