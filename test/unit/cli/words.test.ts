import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunState, RunView, StepView, Verdict } from '../../../workflows/contracts/run-view';
import { bytes, duration, headline } from '../../../workflows/contracts/words';
import { renderDetails } from '../../../workflows/kernel/details';
import { whoami } from '../../../scripts/lib/act';
import { Changes } from '../../../scripts/lib/changes';
import { exitCodes, exitOf } from '../../../scripts/lib/exit-codes';
import type { Look } from '../../../scripts/lib/look';
import { paint } from '../../../scripts/lib/paint';
import { who } from '../../../scripts/lib/options';
import { plainUpdate } from '../../../scripts/lib/plain';
import { progressLine, timeLeft } from '../../../scripts/lib/progress';
import { endLines, renderLook } from '../../../scripts/lib/render';
import { answerRemarks } from '../../../scripts/lib/send';
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

describe('a pause behind a gate', () => {
  const view: RunView = {
    ...sampleView,
    state: 'waiting-approval',
    gates: [{ ...sampleView.gates[1]!, state: 'open' }],
    pausedBy: 'shift lead',
  };
  const look: Look = { workflowId: view.workflowId, runId: view.runId, status: 'RUNNING', pending: [], view };
  const resume = './dr resume recover.database.shandi --reason "WHY"';

  it('is in the state line and under the card', () => {
    const lines = renderLook(look, { paint: paint(false), now });
    assert.match(lines[0] ?? '', /waiting for approval, paused by shift lead/);
    assert.equal(lines.at(-1), `The run is also paused by shift lead: ${resume}`);
  });

  it('is in the details that Temporal shows', () =>
    assert.ok(renderDetails(view).includes(`paused by shift lead: ${resume}`)));

  it('is in the answer to an approval', () => {
    const said = { card: 'a81b44e0c9d2', by: 'CTO' };
    assert.deepEqual(answerRemarks(view, said), [`the run is also paused by shift lead: ${resume}`]);
    const { pausedBy, ...free } = view;
    assert.ok(pausedBy);
    assert.deepEqual(answerRemarks(free, said), []);
  });

  it('is not said twice of a run whose state is paused, nor of one that has ended', () => {
    for (const state of ['paused', 'aborted'] as const)
      assert.doesNotMatch(renderDetails({ ...view, state }), /also paused/);
  });
});

describe('the answer to an approval', () => {
  it('says that the one who gave it is not among the approvers', () =>
    assert.match(
      answerRemarks(sampleView, { card: 'a81b44e0c9d2', by: 'intern' }).join(),
      /intern is not among the approvers on the card \(on-call DBA, CTO\)/,
    ));
});

describe('the end of a run in the terminal', () => {
  const end = (view: Partial<RunView>): string => endLines({ ...sampleView, ...view }, paint(false)).join('\n');

  it('of a copy says how to reach it, take a table from it, and remove it', () => {
    const text = end({
      verdict: 'copied',
      facts: [
        {
          title: 'Hand over',
          facts: [
            { label: 'Read it with', value: 'docker exec -u postgres shandi-pitr-1ea3d016 psql theshandi_db' },
            { label: 'Kept until', value: at(86_400) },
            { label: 'Remove it now with', value: './dr abort keep.database.shandi.1ea3d016 --reason "WHY"' },
          ],
        },
      ],
    });
    assert.match(text, /Read it with: docker exec -u postgres shandi-pitr-1ea3d016 psql theshandi_db$/m);
    assert.match(text, /docker exec -u postgres shandi-pitr-1ea3d016 pg_dump -t TABLE theshandi_db > TABLE\.sql$/m);
    assert.match(text, /Kept until: 2026-11-23T/);
    assert.match(text, /Remove it now with: \.\/dr abort keep\.database\.shandi\.1ea3d016/);
  });

  it('of a check says the backup and how long it would take', () => {
    const facts = [
      { label: 'Backup', value: '20261122-170000F' },
      { label: 'Free disk', value: '1 GB' },
      { label: 'Predicted duration', value: '2 min' },
    ];
    const text = end({ verdict: 'checked', facts: [{ title: 'Pre-flight', facts }] });
    assert.match(text, /Backup: 20261122-170000F\n {2}Predicted duration: 2 min/);
    assert.doesNotMatch(text, /Free disk/);
  });

  it('names evidence where it lies', () => {
    const before = process.env['DR_HOME'];
    process.env['DR_HOME'] = join(process.cwd(), '.dr');
    try {
      assert.match(end({}), /Log of the restore: \.dr\/evidence\//);
    } finally {
      if (before === undefined) delete process.env['DR_HOME'];
      else process.env['DR_HOME'] = before;
    }
  });

  const witness = (name: string, verdict: string) => ({
    title: `Witness ${name}`,
    facts: [{ label: 'Verdict', value: verdict }],
  });
  for (const verdict of ['met', 'missed', 'unproven'] as const)
    it(`says when no witness answered (${verdict})`, () =>
      assert.match(
        headline({ ...sampleView, verdict, facts: [witness('ledger', 'did not answer')] }).sentence,
        /; no witness answered, so the data was not compared from outside\.$/,
      ));
  it('names the one that did not, where another did', () => {
    const facts = [witness('ledger', 'did not answer'), witness('till', 'nothing that was acknowledged is lost')];
    assert.match(headline({ ...sampleView, facts }).sentence, /; witness ledger did not answer\.$/);
  });

  const early = (state: StepView['state']): RunView => ({
    ...sampleView,
    procedure: 'keepCopy',
    state: 'aborted',
    verdict: 'none',
    steps: [{ ...sampleView.steps[0]!, kind: 'undo', state }],
  });
  it('of a keeper that removed its copy as told is good', () => {
    assert.match(headline(early('done')).sentence, /^The copy was removed before its time, /);
    assert.equal(exitOf(early('done')), 0);
  });
  it('of a keeper that left its copy is not', () => {
    for (const view of [early('skipped'), { ...early('done'), steps: [] }]) {
      assert.doesNotMatch(headline(view).sentence, /removed/);
      assert.equal(exitOf(view), 7);
    }
  });

  it('of a run that failed before it began is its failure, not a lack of workers', () => {
    const look: Look = { workflowId: 'x', runId: 'y', status: 'FAILED', pending: [], failure: 'DR-INPUT: no target' };
    assert.deepEqual(renderLook(look, { paint: paint(false), now }), ['x  failed', 'Failed: DR-INPUT: no target']);
    assert.match(new Changes().since(look, now).join(), /failed: DR-INPUT: no target$/);
  });

  it('gives no tick to an archive that does not reach the target', () => {
    const step = { ...sampleView.steps[0]!, title: 'Check that the archive reaches xid 7' };
    const signOf = (outcome: string): string => {
      const view = { ...sampleView, steps: [{ ...step, outcome }] };
      const look: Look = { workflowId: 'x', runId: 'y', status: 'COMPLETED', pending: [], view };
      return /^ +(\S) +1 Check/m.exec(renderLook(look, { paint: paint(false), now }).join('\n'))?.[1] ?? '';
    };
    assert.equal(signOf('no: a hole at segment 3'), '!');
    assert.equal(signOf('yes, 108 segments'), '✓');
  });
});

describe('who acts', () => {
  it('is the user of the process where the shell names none', () => {
    const { USER, LOGNAME } = process.env;
    delete process.env['USER'];
    delete process.env['LOGNAME'];
    try {
      assert.equal(
        whoami(() => 'dba'),
        'dba',
      );
      assert.equal(
        whoami(() => {
          throw new Error('no such user');
        }),
        '',
      );
    } finally {
      if (USER !== undefined) process.env['USER'] = USER;
      if (LOGNAME !== undefined) process.env['LOGNAME'] = LOGNAME;
    }
  });

  it('is asked for with the whole corrected line where nobody is named', () => {
    const faults: string[] = [];
    who({ reason: 'table back' }, faults, '', ['pause', 'shandi', '--reason', 'table back']);
    assert.match(faults.join(), /: \.\/dr pause shandi --reason 'table back' --by "on-call DBA"$/);
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
