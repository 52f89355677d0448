import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderPage } from '../../../activities/evidence/html/page';
import { writeReport } from '../../../activities/evidence/write-report';
import type { Report, RunState } from '../../../workflows/contracts/run-view';
import { humanWaits } from '../../../workflows/contracts/words';
import { at, sampleReport, sampleView } from '../../fixtures/run-view';

const golden = join(__dirname, '..', '..', 'fixtures', 'report.golden');

/** Every text of a view becomes an attack. */
function poisoned(value: unknown, keep: (text: string) => boolean): unknown {
  if (typeof value === 'string')
    return keep(value) ? value : `${value}<script>alert(1)</script>"'><img src=x onerror=y>&`;
  if (Array.isArray(value)) return value.map((one) => poisoned(one, keep));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, poisoned(one, keep)]));
  return value;
}

describe('the report page', () => {
  it('is the golden page (GOLDEN=write writes a new one)', () => {
    const page = renderPage(sampleReport);
    if (process.env['GOLDEN'] === 'write') writeFileSync(golden, page);
    assert.equal(page, readFileSync(golden, 'utf8'));
  });

  it('shows the final loss beside that of the card', () => {
    const step = { ...sampleView.steps[0]!, title: 'Measure the final loss', outcome: '1 min 41 s, 415 transactions' };
    const page = renderPage({ ...sampleReport, view: { ...sampleView, steps: [...sampleView.steps, step] } });
    assert.match(page, /<dt>Final, when the clients were paused<\/dt>\s*<dd>1 min 41 s, 415 transactions<\/dd>/);
  });

  it('holds nothing that is fetched or run', () => {
    assert.doesNotMatch(renderPage(sampleReport), /<script|<link|<img|<iframe|@import|url\((?!#)|src=|href=/);
  });

  it('escapes every text, wherever it comes from', () => {
    const words = new Set([
      'completed',
      'met',
      'done',
      'probe',
      'change',
      'irreversible',
      'gate',
      'void',
      'approved',
      'person',
      'hold',
      'step',
      'phase',
      'clock',
      'refused',
      'dropped',
    ]);
    const keep = (text: string): boolean => words.has(text) || /^\d{4}-\d\d-\d\dT/.test(text);
    const page = renderPage(poisoned(sampleReport, keep) as Report);
    assert.doesNotMatch(page, /<script|<img|"'>/);
    assert.match(page, /&lt;script&gt;/);
  });

  const states: RunState[] = ['running', 'held', 'refused', 'rejected', 'expired', 'aborted', 'cancelled', 'failed'];
  for (const state of states) {
    it(`can tell of a run that is ${state} and has done nothing`, () => {
      const { objectives, plan, endedAt, ...rest } = sampleView;
      assert.ok(objectives && plan && endedAt);
      const page = renderPage({
        view: {
          ...rest,
          state,
          verdict: 'none',
          steps: [],
          gates: [],
          timeline: [],
          facts: [],
          approvals: [],
          evidence: [],
          problems: [],
        },
        result: {},
      });
      assert.doesNotMatch(page, /undefined|NaN|Invalid Date/);
    });
  }
});

describe('time spent waiting for people', () => {
  it('ends a hold with its own answer, not with the end of a pause inside it', () => {
    const log = (seconds: number, kind: 'hold' | 'person', text: string) => ({ at: at(seconds), kind, text });
    const timeline = [
      log(10, 'hold', 'held at "x"'),
      log(20, 'person', 'paused by a'),
      log(30, 'person', 'resumed by a: go'),
      log(60, 'person', 'retry by a: mended'),
    ];
    const waits = humanWaits({ ...sampleView, gates: [], timeline }, at(99));
    assert.deepEqual(
      waits.map(({ from, to }) => [from, to]),
      [
        [at(10), at(60)],
        [at(20), at(30)],
      ],
    );
  });
});

describe('writeReport', () => {
  let home: string;
  const before = process.env['DR_HOME'];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'dr-report-'));
    process.env['DR_HOME'] = home;
  });
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
    if (before === undefined) delete process.env['DR_HOME'];
    else process.env['DR_HOME'] = before;
  });

  it('writes both files, twice the same, and leaves no draft', async () => {
    const first = await writeReport({ report: sampleReport });
    assert.deepEqual(await writeReport({ report: sampleReport }), first);
    assert.match(first.html.path, /^evidence\/recover\.database\.shandi-0a1d9c11\/report\.html$/);
    for (const one of [first.json, first.html]) {
      assert.equal(
        createHash('sha256')
          .update(readFileSync(join(home, one.path)))
          .digest('hex'),
        one.sha256,
      );
    }
    assert.deepEqual(readdirSync(join(home, 'evidence', 'recover.database.shandi-0a1d9c11')).sort(), [
      'report.html',
      'report.json',
    ]);
  });

  it('fails with a code and what to do when the folder cannot be written', async () => {
    writeFileSync(join(home, 'evidence'), 'a file in the way');
    await assert.rejects(writeReport({ report: sampleReport }), { type: 'DR-TOOL', nonRetryable: false });
  });
});
