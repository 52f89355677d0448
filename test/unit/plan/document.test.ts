import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evidenceFolder } from '../../../activities/shared/paths';
import { loadPlan, type Plan } from '../../../plan';
import { planCommand } from '../../../scripts/commands/plan';
import { changesBetween } from '../../../scripts/plan-document/changes';
import { documentOf } from '../../../scripts/plan-document/content';
import { toMarkdown } from '../../../scripts/plan-document/markdown';
import { toPage } from '../../../scripts/plan-document/page';
import { hashIn } from '../../../scripts/plan-document/previous';
import { judgeProofs } from '../../../workflows/contracts/proof';
import { sampleReport } from '../../fixtures/run-view';
import { at, pastRun, thePlan } from '../readiness/facts';
import { changed } from './support';

describe('the plan document', () => {
  let plan: Plan;
  beforeEach(async () => (plan = await thePlan()));
  const hash = 'a'.repeat(64);
  const made = (runs = [pastRun()], changes?: string[]) =>
    documentOf({ plan, hash, proofs: judgeProofs(plan, runs, () => plan, at), runs: runs.length, changes, at });

  it('has the sections of a recovery plan, in their order', () => {
    assert.deepEqual(
      made().sections.map(({ title }) => title),
      [
        'Executive summary',
        'Disaster recovery objectives',
        'Risk assessment',
        'Recovery procedures',
        'Data recovery',
        'Service failover',
        'Business continuity',
        'Emergency response',
        'Testing procedures',
        'Contact information',
        'Recovery checklist',
        'Recovery metrics',
        'Plan maintenance',
        'Changes since the version before',
      ],
    );
  });

  it('every claim stands in it once, with its state; a proof with its date and its run', () => {
    const shown = made().sections.flatMap(({ blocks }) =>
      blocks.flatMap((one) => (one.kind === 'proofs' ? one.proofs : [])),
    );
    assert.equal(shown.length, judgeProofs(plan, [], () => plan, at).length);
    const [summary] = made().sections;
    assert.match(JSON.stringify(summary), /claims 3 are verified, 0 are stale, \d+ were never verified, 0 have failed/);
    for (const document of [toMarkdown(made()), toPage(made())]) {
      assert.match(document, /drill\.recover\.database\.shandi/);
      assert.match(document, /0199-1/);
      assert.match(document, /2026-11-19 17:00:00 UTC/);
      assert.match(document, /Proven by: (<code>)?\.\/dr test quarterly/);
    }
  });

  it('says what everybody looks for first: objectives, scenarios, contacts, what is backed up when', () => {
    const text = toMarkdown(made());
    for (const words of [
      '| P1 | Critical | 15m | 5m |',
      'Data center failure',
      '+1-555-0123',
      '| database shandi | full | 0 2',
      '☐ Update status page',
    ])
      assert.ok(text.includes(words), words);
  });

  it('text of the plan is data, in both forms', () => {
    plan.scenarios[0]!.title = '<script>alert(1)</script> | **bold** `x`';
    const page = toPage(made());
    assert.doesNotMatch(page, /<script/);
    const text = toMarkdown(made());
    assert.doesNotMatch(text, /[^\\]<script|[^\\]\*\*bold/);
    assert.match(text, /\\<script\\>alert\(1\)\\<\/script\\> \\\| \\\*\\\*bold/);
  });

  it('the page holds nothing that is fetched or run', () => {
    assert.doesNotMatch(toPage(made()), /<script|<link|<img|<iframe|@import|src=|href=/);
  });

  it('names the plan it was made of, so that the next one can be compared with it', () => {
    assert.deepEqual(
      [hashIn(toMarkdown(made())), hashIn(toPage(made())), hashIn('# A letter')],
      [hash, hash, undefined],
    );
  });

  it('what has changed is named by section and entry', () => {
    const now = structuredClone(plan);
    assert.deepEqual(changesBetween(plan, now), []);
    now.version = '1.0.1';
    now.services = now.services.filter(({ name }) => name !== 'ai-service');
    now.services[0]!.port = 9000;
    now.contacts.push({ role: 'Night Shift', phone: '+1-555-0127', kind: 'internal', order: 5 });
    now.backups.database[1]!.cron = '0 * * * *';
    now.objectives.kpis.mttr = 1;
    delete now.drills;
    assert.deepEqual(changesBetween(plan, now), [
      'version: 1.0.0 → 1.0.1',
      'objectives: changed kpis',
      'services: gone ai-service; changed api-gateway',
      'backups: changed database',
      'contacts: new Night Shift',
      'drills: gone',
    ]);
  });

  describe('./dr plan render', () => {
    let home: string;
    let before: string | undefined;
    beforeEach(() => {
      before = process.env['DR_HOME'];
      process.env['DR_HOME'] = home = mkdtempSync(join(tmpdir(), 'dr-document-'));
    });
    afterEach(() => {
      if (before === undefined) delete process.env['DR_HOME'];
      else process.env['DR_HOME'] = before;
      rmSync(home, { recursive: true });
    });
    async function render(...args: string[]): Promise<{ output: string; code: number | string | undefined }> {
      let output = '';
      await planCommand((text) => (output += text)).parseAsync(['render', ...args], { from: 'user' });
      const code = process.exitCode;
      process.exitCode = undefined;
      return { output, code };
    }

    it('reads the proofs from the reports of this machine', async () => {
      assert.match((await render()).output, /No run has left a report/);
      const { hash: pinned } = await loadPlan('plan/shandi.yaml');
      const view = {
        ...sampleReport.view,
        plan: { hash: pinned, version: '1', name: 'x' },
        mode: 'recover',
        state: 'completed' as const,
        verdict: 'met' as const,
        endedAt: new Date().toISOString(),
      };
      const folder = evidenceFolder(view.workflowId, view.runId);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'report.json'), JSON.stringify({ view, result: {} }));
      const { output, code } = await render('--json');
      assert.equal(code, 0);
      const { proofs } = JSON.parse(output) as { proofs: { claim: string; state: string }[] };
      assert.equal(proofs.find(({ claim }) => claim === 'database.shandi.pointInTimeRecovery')?.state, 'verified');
    });

    it('a version that replaces another says what has changed since', async () => {
      const file = join(home, 'plan.html');
      assert.deepEqual(await render('--to', file), { output: file, code: 0 });
      assert.match(readFileSync(file, 'utf8'), /^<!doctype html>[\s\S]*There is no version before this one/);
      await render('--to', file);
      assert.match(readFileSync(file, 'utf8'), /The plan says the same/);
      const edited = join(home, 'edited.yaml');
      writeFileSync(edited, changed([['version'], '1.0.1']));
      const { output } = await render('--plan', edited, '--since', file);
      assert.match(output, /- version: 1\.0\.0 → 1\.0\.1/);
      rmSync(join(home, 'plans'), { recursive: true });
      assert.match(
        (await render('--plan', edited, '--since', file)).output,
        /was not kept, so what has changed is not known/,
      );
    });

    it('a version before that is not there, and a file that cannot be written, are said in a sentence', async () => {
      assert.equal((await render('--since', join(home, 'none.md'))).code, 2);
      const { code } = await render('--to', join(home, 'plan.md', 'x'));
      assert.equal(code, 0, 'directories are made');
      writeFileSync(join(home, 'file'), '');
      assert.equal((await render('--to', join(home, 'file', 'x'))).code, 2);
      assert.ok(!existsSync(join(home, 'file', 'x')));
    });

    it('a plan with faults is not rendered', async () => {
      const bad = join(home, 'bad.yaml');
      writeFileSync(bad, changed([['services', 0, 'port'], 0]));
      assert.equal((await render('--plan', bad)).code, 3);
    });
  });
});
