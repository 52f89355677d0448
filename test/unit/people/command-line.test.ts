import assert from 'node:assert/strict';
import { checklistLines } from '../../../scripts/commands/people-say';
import { paint } from '../../../scripts/lib/paint';
import { drHere } from '../cli/dr';

const why = ['--reason', 'test', '--by', 'tester'];

describe('commands that deal with people say what is wrong before anything is done', () => {
  for (const [title, args, sentences] of [
    [
      'notify',
      ['notify', 'In C', '--severity', 'huge', '--fact', 'summary', ...why],
      [
        /Argument <incident> is "In C": expected lower-case/,
        /--severity is "huge": expected critical/,
        /--fact is "summary": expected name=value/,
      ],
    ],
    ['notify without a reason', ['notify', 'inc-1', '--fact', 'summary=x'], [/--reason is missing/]],
    [
      'on-call',
      ['on-call', 'inc-1', '--within', '5', ...why],
      [/--within is "5": expected a duration/, /--summary is|summary/],
    ],
    [
      'status-page post',
      [
        'status-page',
        'post',
        '--state',
        'broken',
        '--message',
        'x',
        '--component',
        'order-service=sad',
        '--component',
        'y',
      ],
      [
        /--state is "broken": expected investigating/,
        /--component order-service is "sad": expected operational/,
        /--component is "y": expected service=state/,
      ],
    ],
    [
      'a maintenance without its times',
      ['status-page', 'post', '--state', 'scheduled', '--message', 'x'],
      [/--begins is/, /--ends is/],
    ],
    ['acknowledge', ['acknowledge', 'In C', '--by', ''], [/The incident is "In C"/, /--by is ""/]],
    ['tick', ['tick', 'inc-1', '', '--by', 'tester'], [/Argument <item> is not right/]],
    ['checklist', ['checklist', 'inc-1', '--start', '--close', ...why], [/--start and --close are both given/]],
    ['checklist --close', ['checklist', 'inc-1', '--close'], [/--reason is missing/]],
  ] as [string, string[], RegExp[]][])
    it(title, async () => {
      const { status, err } = await drHere(args);
      assert.equal(status, 2, err);
      for (const sentence of sentences) assert.match(err, sentence);
    });

  for (const args of [
    ['notify', 'inc-1', '--template', 'test', '--to', 'DevOps Team', ...why],
    ['on-call', 'inc-1', '--summary', 'x', '--within', '5m', ...why],
    ['acknowledge', 'oncall.inc-1', '--by', 'tester'],
    [
      'status-page',
      'post',
      '--state',
      'resolved',
      '--message',
      'x',
      '--component',
      'order-service=degraded',
      '--by',
      'tester',
    ],
    ['checklist', 'inc-1'],
    ['checklist', 'checklist.inc-1', '--start', '--detected-at', '2026-11-22T17:29:24Z', ...why],
    ['tick', 'inc-1', '2.3', '--by', 'tester', '--note', 'done'],
  ])
    it(`${args.slice(0, 2).join(' ')} goes to the control plane`, async () => {
      const { status, err } = await drHere(args);
      assert.equal(status, 8, err);
    });

  it('the checklist is shown as people tick it', () => {
    const item = {
      number: '1.1',
      text: 'Detect',
      state: 'done' as const,
      by: 'tester',
      at: '2026-11-22T17:29:24Z',
      note: 'seen',
    };
    const phase = {
      phase: 'one',
      title: 'One',
      dueBy: '2026-11-22T17:44:24Z',
      overdue: true,
      items: [item, { number: '1.2', text: 'Tell', state: 'open' as const }],
    };
    const lines = checklistLines(
      { incident: 'inc-1', detectedAt: '2026-11-22T17:29:24Z', done: 1, total: 2, phases: [phase] },
      paint(false),
    );
    assert.deepEqual(lines, [
      'Checklist of inc-1  1 of 2 ticked  detected 2026-11-22 17:29:24 UTC',
      'One  due by 2026-11-22 17:44:24 UTC  OVERDUE',
      '  [x] 1.1 Detect  tester, 2026-11-22 17:29:24 UTC: seen',
      '  [ ] 1.2 Tell',
    ]);
  });
});
