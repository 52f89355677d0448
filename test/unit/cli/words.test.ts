import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunState, Verdict } from '../../../workflows/contracts/run-view';
import { bytes, duration } from '../../../workflows/contracts/words';
import { Changes } from '../../../scripts/lib/changes';
import { exitCodes, exitOf } from '../../../scripts/lib/exit-codes';
import type { Look } from '../../../scripts/lib/look';
import { paint } from '../../../scripts/lib/paint';
import { plainUpdate } from '../../../scripts/lib/plain';
import { progressLine, timeLeft } from '../../../scripts/lib/progress';
import { renderLook } from '../../../scripts/lib/render';
import { at, sampleView } from '../../fixtures/run-view';

const now = Date.parse(at(250));

describe('words of the terminal', () => {
  for (const [ms, text] of [
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1 s'],
    [12_340, '12.3 s'],
    [59_960, '1 min'],
    [192_000, '3 min 12 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [3 * 86_400_000 + 4 * 3_600_000, '3 d 4 h'],
    [-5, '0 ms'],
  ] as const)
    it(`${ms} ms is ${text}`, () => assert.equal(duration(ms), text));

  for (const [count, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [999_600, '1 MB'],
    [1_500_000_000, '1.5 GB'],
  ] as const)
    it(`${count} bytes are ${text}`, () => assert.equal(bytes(count), text));

  for (const [ms, text] of [
    [200, 'a moment left'],
    [4_400, 'about 4 s left'],
    [47_000, 'about 45 s left'],
    [100_000, 'about 2 min left'],
    [3_700_000, 'about 1 h 2 min left'],
  ] as const)
    it(`${ms} ms to go: ${text}`, () => assert.equal(timeLeft(ms), text));

  it('tells progress in bytes and in LSN', () => {
    assert.equal(
      progressLine({ what: 'restore', text: 'restoring', doneBytes: 812e6, totalBytes: 1.5e9, leftMs: 14_000 }),
      'restoring · 812 MB of 1.5 GB (54 %) · about 15 s left',
    );
    assert.equal(
      progressLine({ what: 'replay', text: 'replaying', lsn: '0/1000000', targetLsn: '0/3000000' }),
      'replaying · LSN 0/1000000 of 0/3000000, 33.6 MB to go',
    );
  });

  for (const [state, verdict, code] of [
    ['completed', 'met', 0],
    ['completed', 'checked', 0],
    ['completed', 'copied', 0],
    ['completed', 'missed', 4],
    ['refused', 'none', 3],
    ['waiting-approval', 'none', 5],
    ['paused', 'none', 5],
    ['held', 'none', 6],
    ['failed', 'none', 7],
    ['aborted', 'none', 7],
    ['rejected', 'none', 7],
    ['expired', 'none', 7],
    ['cancelled', 'none', 7],
    ['running', 'none', 10],
    ['undoing', 'none', 10],
  ] satisfies [RunState, Verdict, number][])
    it(`${state}/${verdict} exits ${code}`, () => assert.equal(exitOf({ state, verdict }), code));

  it('quotes what goes into a shell', () => {
    assert.equal(
      plainUpdate('recover.database.shandi', 'pause', { by: "o'neil" }),
      `temporal workflow update execute -w recover.database.shandi --name pause --input '{"by":"o'\\''neil"}'`,
    );
  });
});

describe('a run in the terminal', () => {
  const open = { ...sampleView.gates[1]!, state: 'open' as const };
  const look: Look = {
    workflowId: sampleView.workflowId,
    runId: sampleView.runId,
    status: 'RUNNING',
    pending: [],
    view: { ...sampleView, state: 'waiting-approval', gates: [open], waitingFor: 'approval of pitr.cut-over' },
  };

  it('shows the card with the line to paste', () => {
    const text = renderLook(look, { paint: paint(false), now }).join('\n');
    assert.match(text, /waiting for approval/);
    assert.match(text, /public\.orders\s+0 \(dropped\)\s+18 204/);
    assert.match(text, /\.\/dr approve recover\.database\.shandi --card a81b44e0c9d2/);
    assert.match(text, /plain temporal: temporal workflow update execute/);
  });

  it('shows a workflow task that fails as a fault', () => {
    assert.match(renderLook({ ...look, fault: 'try 3' }, { paint: paint(false), now }).join('\n'), /Fault: try 3/);
  });

  it('lets no control character of the data drive the terminal', () => {
    const evil = { ...look, view: { ...look.view!, summary: '\u001b[2Jgone' } };
    // eslint-disable-next-line no-control-regex
    for (const line of renderLook(evil, { paint: paint(false), now })) assert.doesNotMatch(line, /\u001b/);
  });

  it('says each change once', () => {
    const changes = new Changes();
    assert.ok(changes.since(look, now).some((line) => /Gate pitr\.cut-over open/.test(line)));
    assert.deepEqual(changes.since(look, now), []);
    const held = { ...look, view: { ...look.view!, state: 'held' as const } };
    assert.deepEqual(changes.since(held, now).length, 1);
  });
});

describe('docs/cli.md', () => {
  it('has the exit codes of the program', () => {
    const text = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'cli.md'), 'utf8');
    const rows = [...text.matchAll(/^\| (\d+)\s*\| (.*?)\s*\|$/gm)].map(([, code, means]) => ({
      code: Number(code),
      means,
    }));
    assert.deepEqual(
      rows,
      Object.values(exitCodes).map(({ code, means }) => ({ code, means })),
    );
  });
});
