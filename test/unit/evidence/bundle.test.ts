/** An auditor is handed a bundle: nothing in it can be changed, taken away or added without verification naming the file. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listBundles } from '../../../scripts/commands/evidence-read';
import { attest } from '../../../scripts/evidence/attest';
import { manifestName } from '../../../scripts/evidence/chain';
import { walk } from '../../../scripts/evidence/files';
import { verifyAlone, verifyFolder } from '../../../scripts/evidence/verify';
import type { Context } from '../../../scripts/lib/context';
import { made, reopened, reseal, savedRun, withEvidence, type SavedRun } from '../../support/evidence-bundles';

const nobody = { needles: [], tooShort: [] };
const word = {
  result: 'pass' as const,
  by: 'DevOps Team Lead',
  notes: 'seen',
  participants: [],
  deviations: [],
  problems: [],
};
const faultsOf = async (path: string): Promise<string[]> =>
  (await verifyAlone(await reopened(path), { replay: false })).faults;

describe('an evidence bundle', () => {
  const before = process.env['DR_HOME'];
  let home: string;
  let folder: string;
  let path: string;
  /** Names of what a run leaves, without what stands for the run in them. */
  const files = async (): Promise<string[]> => (await walk(path)).files;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'dr-bundle-'));
    process.env['DR_HOME'] = home;
    folder = join(home, 'evidence-bundles');
    const { run } = withEvidence(savedRun('restore-test.passed'), home);
    path = (await made([run], folder)).path;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['DR_HOME'];
    else process.env['DR_HOME'] = before;
    rmSync(home, { recursive: true });
  });

  it('holds report, timeline, facts, approvals, evidence, plan, history and versions, and verifies', async () => {
    const name = 'test.database.shandi-1ef007'.replace('1ef007', savedRun('restore-test.passed').runId.slice(-8));
    assert.deepEqual(await files(), [
      'approvals.json',
      'contents.json',
      `evidence/${name}/copy.log`,
      `evidence/${name}/report.html`,
      `evidence/${name}/report.json`,
      'facts.json',
      `histories/${name}.json`,
      'manifest.jsonl',
      'plan.json',
      'record.json',
      'timeline.json',
      'versions.json',
    ]);
    assert.deepEqual(await faultsOf(path), []);
    assert.deepEqual(readdirSync(folder).sort(), ['heads.log', name]);
  });

  it('one byte changed in any of its files: that file is named, and no other', async () => {
    await attest(path, word, nobody);
    const names = await files();
    assert.ok(names.includes('attestations/1.json'));
    for (const name of names) {
      const file = join(path, name);
      const content = readFileSync(file);
      const changed = Buffer.from(content);
      const middle = Math.floor(content.length / 2);
      changed[middle] = (changed[middle] ?? 0) ^ 1;
      writeFileSync(file, changed);
      const faults = await faultsOf(path);
      assert.ok(faults.length > 0, `${name} was changed`);
      if (name !== manifestName)
        assert.deepEqual([faults.length, faults[0]?.split(':')[0]], [1, name], faults.join('; '));
      else assert.match(faults[0] ?? '', /^manifest\.jsonl line \d+/);
      writeFileSync(file, content);
    }
    assert.deepEqual(await faultsOf(path), []);
  });

  it('any of its files removed, and one added: it is named', async () => {
    for (const name of (await files()).filter((one) => one !== manifestName)) {
      const content = readFileSync(join(path, name));
      rmSync(join(path, name));
      assert.deepEqual(await faultsOf(path), [`${name}: it is missing`]);
      writeFileSync(join(path, name), content);
    }
    writeFileSync(join(path, 'evidence', 'more.log'), 'more');
    assert.deepEqual(await faultsOf(path), ['evidence/more.log: it was added, no entry lists it']);
    rmSync(join(path, 'evidence', 'more.log'));
    rmSync(join(path, 'plan.json'));
    symlinkSync('/etc/passwd', join(path, 'plan.json'));
    assert.match((await faultsOf(path)).join(), /plan\.json: it is a link or the like/);
  });

  it('a path that leads out of the bundle is refused, and not looked at', async () => {
    const manifest = join(path, manifestName);
    writeFileSync(join(folder, 'outside'), 'x');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"path":"plan.json"', '"path":"../outside"'));
    assert.match((await faultsOf(path)).join(), /\.\.\/outside: this path leads out of the bundle/);
  });

  describe('of a forger who makes all hashes anew', () => {
    const forged = async (name: string, change: (text: string) => string): Promise<string[]> => {
      rmSync(join(folder, 'heads.log'));
      const full = (await files()).find((one) => one.endsWith(name)) ?? assert.fail(name);
      const text = readFileSync(join(path, full), 'utf8');
      assert.notEqual(change(text), text, 'this would change nothing');
      writeFileSync(join(path, full), change(text));
      await reseal(path);
      return faultsOf(path);
    };

    it('the head is another: who wrote it down is not deceived', async () => {
      const { entries } = await reopened(path);
      const seal = entries.at(-1)?.hash;
      await forged('versions.json', (text) => text.replace('0.1.0', '0.2.0'));
      assert.ok((await reopened(path)).entries.every(({ hash }) => hash !== seal));
    });

    it('the folder keeps every head it ever had', async () => {
      writeFileSync(
        join(path, 'versions.json'),
        readFileSync(join(path, 'versions.json'), 'utf8').replace('0.1.0', '0.2.0'),
      );
      await reseal(path);
      assert.match((await faultsOf(path)).join(), /it was cut short or replaced: heads\.log beside it has its head/);
    });

    it('a report, a page or a log that is not what the history says is named', async () => {
      assert.match(
        (await forged('report.json', (text) => text.replace('met', 'mot'))).join(),
        /report\.json: it is not as test\.database\.shandi wrote it/,
      );
      assert.match((await forgedAgain('report.html', 'page', 'pace')).join(), /report\.html: it is not as/);
      assert.match((await forgedAgain('copy.log', 'ready', 'reedy')).join(), /copy\.log: it is not as/);
    });
    const forgedAgain = async (name: string, from: string, to: string): Promise<string[]> => {
      writeFileSync(join(folder, 'heads.log'), '');
      return forged(name, (text) => text.replace(from, to));
    };

    for (const part of ['timeline', 'facts', 'approvals', 'plan'])
      it(`${part}.json that does not follow from the history is named`, async () => {
        const faults = await forged(`${part}.json`, (text) =>
          text.replace(/"(timeline|facts|approvals|version)"/, '"other"'),
        );
        assert.deepEqual(faults, [`${part}.json: it is not what the history of the run has`]);
      });

    it('a run that the history has started cannot be left out', async () => {
      const runs = [savedRun('monthly-recovery-test.passed')];
      const started = runs[0]?.history.events.filter(
        (one) => 'startChildWorkflowExecutionInitiatedEventAttributes' in one,
      );
      const bundle = await made(runs, join(home, 'other'));
      assert.deepEqual(await faultsOf(bundle.path), [], 'said to be missing, it is none');
      const contents = join(bundle.path, 'contents.json');
      const said = JSON.parse(readFileSync(contents, 'utf8')) as { missing: { run?: { workflowId: string } }[] };
      assert.equal(said.missing.length, started?.length);
      said.missing = said.missing.filter(({ run }) => run?.workflowId !== 'drill.recover.database.shandi');
      writeFileSync(contents, JSON.stringify(said));
      rmSync(join(home, 'other', 'heads.log'));
      await reseal(bundle.path);
      assert.match(
        (await faultsOf(bundle.path)).join(),
        /drill\.recover\.database\.shandi \(run .*\): test\.system has started it, and its history is not here/,
      );
    });
  });

  it('evidence that somebody has changed before the export is told by every verification', async () => {
    const { run, folder: own } = withEvidence(savedRun('restore-test.failed'), home);
    writeFileSync(join(own, 'copy.log'), 'nothing happened\n');
    const { path: other } = await made([run], folder);
    assert.match((await faultsOf(other)).join(), /copy\.log: it is not as test\.database\.shandi wrote it/);
  });

  it('a file that lies on another machine is said to be missing; a report is made anew from the history', async () => {
    const { run, folder: own } = withEvidence(savedRun('restore-test.failed'), home);
    rmSync(own, { recursive: true });
    const bundle = await made([run], folder);
    assert.deepEqual(await faultsOf(bundle.path), []);
    const { missing } = JSON.parse(readFileSync(join(bundle.path, 'contents.json'), 'utf8')) as {
      missing: { path: string }[];
    };
    // The page of this test is none that the product would write.
    assert.deepEqual(missing.map(({ path: one }) => one.split('/').at(-1)).sort(), ['copy.log', 'report.html']);
    assert.ok((await walk(bundle.path)).files.some((one) => one.endsWith('/report.json')));
  });

  it('is made once: a second export changes nothing', async () => {
    const { entries } = await reopened(path);
    await made([savedRun('restore-test.passed')], folder);
    assert.deepEqual((await reopened(path)).entries, entries);
  });

  it('a run that has not ended has none', async () => {
    const run = savedRun('service-recovery.restarted');
    run.history.events.pop();
    await assert.rejects(made([run], folder), /recover\.service\.api-gateway has not ended/);
    assert.equal(readdirSync(folder).length, 2);
  });

  describe('in the chain of its folder', () => {
    const names = ['service-recovery.restarted', 'restore-test.failed', 'restore-redis.by-policy'];
    let chain: string[];
    beforeEach(async () => {
      chain = [path];
      for (const name of names) chain.push((await made([savedRun(name)], folder)).path);
    });
    const judged = async (): Promise<string> => {
      const looked = await verifyFolder(folder, { replay: false });
      return [...(looked?.faults ?? []), ...(looked?.bundles.flatMap(({ faults }) => faults) ?? [])].join('\n');
    };
    const nameAt = (at: number): string => chain[at]?.split('/').at(-1) ?? '';

    it('each follows the one before it, and all of it holds', async () => {
      const looked = await verifyFolder(folder, { replay: false });
      assert.deepEqual(
        looked?.bundles.map(({ name }) => name),
        [0, 1, 2, 3].map(nameAt),
      );
      assert.equal(await judged(), '');
    });

    for (const at of [0, 1, 2, 3])
      it(`bundle ${at + 1} of 4 removed: it is named`, async () => {
        rmSync(chain[at] ?? '', { recursive: true });
        assert.match(await judged(), new RegExp(`^${nameAt(at)}: this bundle is missing`, 'm'));
      });

    it('the list shows all of them with their heads, and the gap', async () => {
      const out: string[] = [];
      const context = {
        json: true,
        out: (text: string) => void out.push(text),
        say: () => undefined,
      } as unknown as Context;
      assert.equal(await listBundles(context, { in: folder }), 0);
      const { bundles } = JSON.parse(out[0] ?? '') as {
        bundles: { name: string; head: string; after: string | null }[];
      };
      assert.deepEqual(
        bundles.map(({ after }) => after),
        [null, nameAt(0), nameAt(1), nameAt(2)],
      );
      assert.ok(bundles.every(({ head }) => /^[0-9a-f]{64}$/.test(head)));
      rmSync(chain[1] ?? '', { recursive: true });
      assert.equal(await listBundles(context, { in: folder }), 3);
    });

    it('removed together with the list of heads, all but the last are still missed', async () => {
      rmSync(join(folder, 'heads.log'));
      rmSync(chain[2] ?? '', { recursive: true });
      assert.match(await judged(), new RegExp(`^${nameAt(2)}: this bundle is missing; ${nameAt(3)} follows it`, 'm'));
    });

    it('one that was sealed anew is not the one that the next follows', async () => {
      rmSync(join(folder, 'heads.log'));
      const file = join(chain[1] ?? '', 'record.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace('api-gateway', 'other'));
      await reseal(chain[1] ?? '');
      assert.match(await judged(), new RegExp(`^${nameAt(1)}: it is not the bundle that ${nameAt(2)} follows`, 'm'));
    });

    it('one that was made elsewhere and put beside them forks the chain', async () => {
      const { path: other, name } = await made([savedRun('restore-redis.approved-aborted')], join(home, 'other'));
      cpSync(other, join(folder, name), { recursive: true });
      assert.match(await judged(), /both follow nothing: the chain is forked/);
    });

    it('alone it says what it follows, which is not there to be looked at', async () => {
      const alone = join(home, 'handed-over', nameAt(2));
      cpSync(chain[2] ?? '', alone, { recursive: true });
      const { faults, notes } = await verifyAlone(await reopened(alone), { replay: false });
      assert.deepEqual(faults, []);
      assert.match(notes.join(), new RegExp(`It follows ${nameAt(1)} .*not beside it`));
    });

    it('under another name it is told', async () => {
      const other = join(home, 'handed-over', 'another');
      cpSync(chain[0] ?? '', other, { recursive: true });
      assert.match((await faultsOf(other)).join(), /another: the manifest is that of test\.database\.shandi/);
    });

    it('attested before the next one was made, it cannot lose the attestation', async () => {
      await attest(chain[3] ?? '', word, nobody);
      const later: SavedRun = savedRun('restore-redis.approved-aborted');
      await made([later], folder);
      assert.equal(await judged(), '');
      rmSync(join(folder, 'heads.log'));
      const file = join(chain[3] ?? '', manifestName);
      writeFileSync(file, `${readFileSync(file, 'utf8').split('\n').slice(0, -2).join('\n')}\n`);
      rmSync(join(chain[3] ?? '', 'attestations'), { recursive: true });
      assert.match(await judged(), /is not the bundle that .* follows, or was cut short/);
    });
  });
});
