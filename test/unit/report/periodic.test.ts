import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { gatherRuns } from '../../../activities/evidence/gather-runs';
import { chartsOf, renderPeriodicPage } from '../../../activities/evidence/html/periodic-page';
import { trendFigure } from '../../../activities/evidence/html/trend-chart';
import type { GatheredRuns } from '../../../workflows/contracts/periodic';
import { periodicReportInputSchema } from '../../../workflows/contracts/periodic';
import { markdownOf, messageOf } from '../../../workflows/contracts/periodic-words';
import { reportKinds } from '../../../workflows/contracts/period';
import { facts as messageFacts } from '../../../workflows/contracts/people';
import { marksOf, triggersOf } from '../../../workflows/report/marks';
import { loadPlan } from '../../../plan';
import { fullReport, reportOf } from '../../fixtures/periodic-report';
import { sampleReport } from '../../fixtures/run-view';
import { recovered } from '../../support/fake-periodic';

/** Every element is closed in its order, and every attribute quoted: what an XML parser would say of the picture. */
function demandWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [whole, closing, name = '', rest = ''] of svg.matchAll(/<(\/?)([a-z]+)((?:"[^"]*"|[^">])*)>/gi)) {
    if (closing) assert.equal(open.pop(), name, whole);
    else {
      assert.match(rest, /^(\s+[a-zA-Z0-9-]+="[^"<]*")*\s*\/?$/, whole);
      if (!rest.endsWith('/')) open.push(name);
    }
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(svg.replace(/<[^>]*>/g, ''), /[<>]/);
}

describe('the report of a period', () => {
  it('of a period without runs says so, for each kind, and invents nothing', () => {
    for (const kind of reportKinds) {
      const text = markdownOf(reportOf([], {}, kind));
      assert.match(text, /No recovery of what serves ended in this period\. There is nothing to be measured/);
      assert.doesNotMatch(text, /NaN|undefined|Infinity| 0 ms/);
    }
  });

  it('says the worst first', () => {
    const { findings } = fullReport();
    const tones = findings.map(({ tone }) => tone);
    assert.deepEqual(
      tones,
      [...tones].sort((a, b) => ['bad', 'warn', 'good'].indexOf(a) - ['bad', 'warn', 'good'].indexOf(b)),
    );
    const all = findings.map(({ text }) => text).join('\n');
    assert.match(all, /1 of 2 verified recoveries missed an objective/);
    assert.match(all, /There is no backup of certificates/);
    assert.match(all, /1 test of 1 did not pass/);
    assert.match(all, /was not watched for 15 d/);
    assert.match(all, /its worker is away/);
    assert.match(all, /recover\.system \(terminated\)/);
  });

  it('gives availability of what is known, how much that is, and what it may be of the whole', () => {
    const text = markdownOf(fullReport());
    assert.match(text, /\| shandi \| 99\.953 % \| 50\.023 % \| 10 min \| .* \| 50 % to 99\.976 % \| primary \|/);
    assert.match(
      markdownOf(reportOf([], { availability: [{ database: 'shandi', known: [], down: [], observers: [] }] })),
      /\| shandi \| not known \|/,
    );
  });

  it('keeps human time apart from work', () => {
    const text = markdownOf(reportOf([recovered('2026-11-10T12:00:00.000Z')]));
    assert.match(text, /MTTR, against RTO\): mean 10 min/);
    assert.match(text, /of it work: mean 8 min/);
    assert.match(text, /of it waiting for people: mean 2 min/);
  });

  it('is Markdown whose tables no quotation breaks', () => {
    const lines = markdownOf(fullReport()).split('\n');
    const row = lines.find((one) => one.includes('are missing')) ?? '';
    assert.match(row, /rows \\\| are missing/);
    assert.equal(row.replace(/\\\|/g, '').split('|').length, 4);
  });

  it('is a message with facts that a template takes', () => {
    const { severity, facts } = messageOf(fullReport());
    assert.equal(severity, 'minor');
    assert.deepEqual(messageFacts.safeParse(facts).success, true);
    assert.equal(messageOf(reportOf([], {}, 'daily')).severity, 'info');
  });
});

describe('the page of a report of a period', () => {
  it('holds nothing that is fetched or run, and quotes nothing as markup', () => {
    const report = fullReport();
    const page = renderPeriodicPage({ ...report, title: '<script>alert(1)</script>' });
    assert.doesNotMatch(page, /<script|<link|<img|<iframe|@import|url\((?!#)|src=|href=/);
    assert.equal(renderPeriodicPage(report), renderPeriodicPage(fullReport()), 'the same report makes the same bytes');
  });

  it('has charts that are well-formed, named and described', () => {
    const charts = chartsOf(fullReport());
    assert.deepEqual(
      charts.map(({ id }) => id),
      ['mttr', 'objectives', 'available-shandi'],
    );
    for (const chart of [...charts, ...chartsOf(reportOf([]))]) {
      const svg = /<svg viewBox[\s\S]*?<\/svg>/.exec(trendFigure(chart).text)?.[0] ?? '';
      demandWellFormed(svg);
      assert.match(svg, /role="img"\s+aria-labelledby="[a-z-]+-title [a-z-]+-text"/);
      assert.match(svg, /<title id="[^"]+">[^<]+<\/title>\s*<desc id="[^"]+">[^<]+<\/desc>/);
      assert.doesNotMatch(svg, /NaN|Infinity/);
    }
  });

  it('a period without a figure has a dash and no column', () => {
    const [mttr] = chartsOf(fullReport());
    const svg = trendFigure(mttr!).text;
    assert.equal(svg.match(/>\s*–\s*<\/text/g)?.length, 10);
    assert.equal(svg.match(/height="[1-9][\d.]*"\s+fill="var\(--machine\)"/g)?.length, 2);
  });
});

describe('reasons to look at the plan', () => {
  it('a service, a contact, a site that is another one than in the report before; a failed test; the Compose file', async () => {
    const { plan, hash } = await loadPlan(join(__dirname, '../../../plan/shandi.yaml'));
    const before = marksOf(plan, hash);
    assert.deepEqual(triggersOf(before, before, undefined, []), []);
    assert.deepEqual(triggersOf(before, undefined, undefined, []), [], 'nothing to compare with');
    const [service, ...services] = plan.services;
    const [contact, ...contacts] = plan.contacts;
    const [site, ...sites] = plan.sites;
    const now = marksOf(
      {
        ...plan,
        services: [{ ...service!, name: 'gift-service' }, ...services],
        contacts: [{ ...contact!, phone: '+1-555-0999' }, ...contacts],
        sites: [{ ...site!, compose: { ...site!.compose, project: 'elsewhere' } }, ...sites],
      },
      hash,
    );
    const failed = recovered('2026-11-01T06:30:00.000Z', { role: 'test', procedure: 'restoreTest', state: 'aborted' });
    const compose = { differences: ['the file has the service x; the plan does not know it'], more: 0, notes: [] };
    const found = triggersOf(now, before, compose, [failed]);
    assert.deepEqual(
      found.map(({ kind, because }) => [kind, because.slice(0, 44)]),
      [
        ['service', `service ${service!.name} is no longer in the plan`.slice(0, 44)],
        ['service', 'service gift-service is new in the plan'],
        ['contact', `contact ${contact!.role} is another one in the plan`.slice(0, 44)],
        ['infrastructure', `site ${site!.name} is another one in the plan`],
        ['compose', 'the file has the service x; the plan does no'],
        ['test', 'the restore test of database shandi on 2026-'],
      ],
    );
    assert.doesNotMatch(JSON.stringify(now), /555/, 'no number of a contact');
  });
});

describe('the input of a report', () => {
  const parse = (given: object) => periodicReportInputSchema.safeParse({ reason: 'test', by: 'tester', ...given });
  it('names a period of its kind', () => {
    assert.equal(parse({ kind: 'monthly', period: '2026-11' }).success, true);
    assert.equal(parse({ kind: 'monthly' }).success, true);
    const wrong = parse({ kind: 'monthly', period: '2026-W48' });
    assert.match(wrong.error?.issues[0]?.message ?? '', /expected a month, e\.g\. 2026-11, for a monthly report/);
    assert.match(parse({ kind: 'hourly' }).error?.issues[0]?.message ?? '', /expected daily, weekly/);
  });
});

describe('the reports that runs have left', () => {
  const before = process.env['DR_HOME'];
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'dr-gather-'));
    process.env['DR_HOME'] = home;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['DR_HOME'];
    else process.env['DR_HOME'] = before;
    rmSync(home, { recursive: true });
  });
  function left(name: string, text: string, endedAt: string): void {
    const folder = join(home, 'evidence', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'report.json'), text);
    const at = new Date(endedAt);
    utimesSync(join(folder, 'report.json'), at, at);
  }
  const run = (endedAt: string, more: object = {}, result: object = {}): string =>
    JSON.stringify({ view: { ...sampleReport.view, endedAt, ...more }, result });
  const gather = (): Promise<GatheredRuns> =>
    new MockActivityEnvironment().run(gatherRuns, {
      from: '2026-10-01T00:00:00.000Z',
      period: { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' },
    });

  it('are read for the trend, counted for the period, and none is made up', async () => {
    left('recover.database.shandi-1', run('2026-11-05T00:00:00.000Z'), '2026-11-05T00:00:00Z');
    left('recover.database.shandi-2', run('2026-10-05T00:00:00.000Z'), '2026-10-05T00:00:00Z');
    left('recover.database.shandi-3', run('2026-09-05T00:00:00.000Z'), '2026-09-05T00:00:00Z');
    left('recover.database.shandi-4', run('2026-12-01T00:00:00.000Z'), '2026-12-01T00:00:00Z');
    left(
      'backup.database.shandi-5',
      run('2026-11-06T00:00:00.000Z', { procedure: 'backupDatabase' }),
      '2026-11-06T00:00:00Z',
    );
    left('recover.database.shandi-6', '{"torn', '2026-11-07T00:00:00Z');
    const found = await gather();
    assert.deepEqual(
      found.runs.map(({ endedAt }) => endedAt.slice(0, 10)),
      ['2026-10-05', '2026-11-05'],
    );
    assert.deepEqual(
      found.counts.map(({ procedure, completed, failed }) => [procedure, completed, failed]),
      [
        ['backupDatabase', 1, 0],
        ['pointInTimeRecovery', 1, 0],
      ],
    );
    assert.deepEqual([found.unreadable, found.oldest, found.before], [1, '2026-09-05T00:00:00.000Z', undefined]);
  });

  it('a test that might not begin is not among them; one that gave way to what serves is told as stopped, not as failed', async () => {
    const test = { procedure: 'monthlyRecoveryTest', resource: 'system', mode: 'test' };
    const ended = (state: string, code: string): string =>
      run('2026-11-05T00:00:00.000Z', { ...test, state, verdict: 'none', problems: [{ code, message: 'unwell' }] });
    left('test.system-1', ended('refused', 'DR-TEST-NOT-NOW'), '2026-11-05T00:00:00Z');
    left('test.system-2', ended('aborted', 'DR-TEST-STOPPED'), '2026-11-05T00:00:00Z');
    const { runs } = await gather();
    assert.deepEqual(
      runs.map(({ role, state, stopped }) => [role, state, stopped]),
      [['test', 'aborted', true]],
    );
    const report = reportOf(runs);
    const said = report.findings.map(({ tone, text }) => `${tone}: ${text}`).join('\n');
    assert.match(said, /^warn: 1 test stopped, because what serves comes first/m);
    assert.doesNotMatch(said, /did not pass|passed/);
    assert.match(markdownOf(report), /stopped: what serves comes first/);
    assert.deepEqual(triggersOf(report.marks, undefined, undefined, runs), []);
  });

  it('of a machine without any are none', async () => {
    const found = await gather();
    assert.deepEqual([found.runs, found.counts, found.oldest], [[], [], undefined]);
  });

  it('hold the newest periodic report that was made before', async () => {
    const marks = { planHash: 'x', planVersion: '1', contacts: {}, services: [], infrastructure: {} };
    for (const day of ['05', '07', '06'])
      left(
        `report.daily-${day}`,
        run(
          `2026-11-${day}T07:00:00.000Z`,
          { procedure: 'periodicReport', workflowId: 'report.daily' },
          { marks, madeAt: `2026-11-${day}T07:00:00.000Z` },
        ),
        `2026-11-${day}T07:00:00Z`,
      );
    assert.equal((await gather()).before?.madeAt, '2026-11-07T07:00:00.000Z');
  });
});
