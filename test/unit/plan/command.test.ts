import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planCommand } from '../../../scripts/commands/plan';
import { dr as typed } from '../cli/dr';
import { changed } from './support';

/** Runs the command in this process. */
async function dr(...args: string[]): Promise<{ output: string; code: number | string | undefined }> {
  let output = '';
  await planCommand((text) => (output += text)).parseAsync(args, { from: 'user' });
  const code = process.exitCode;
  process.exitCode = undefined;
  return { output, code };
}

describe('dr plan', () => {
  let directory: string;
  let bad: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'plan-'));
    bad = join(directory, 'bad.yaml');
    await writeFile(bad, changed([['services', 0, 'port'], 0]));
  });
  after(() => rm(directory, { recursive: true }));

  it('check says that the plan is good', async () => {
    const { output, code } = await dr('check');
    assert.equal(code, 0);
    assert.match(output, /is good and agrees with the Compose files. Version 1\.0\.0, hash [0-9a-f]{64}/);
  });

  it('check names the faults and ends with 3', async () => {
    const { output, code } = await dr('check', '--plan', bad);
    assert.equal(code, 3);
    assert.match(output, /fault +.*bad\.yaml:\d+: services\[0\]\.port \(api-gateway\) is 0; expected a port number/);
  });

  it('check says what the copy of drills would have in common with what serves', async () => {
    const shared = join(directory, 'shared.yaml');
    await writeFile(shared, changed([['backups', 'directory'], '/var/backups/shandi']));
    const { output, code } = await dr('check', '--plan', shared);
    assert.equal(code, 3);
    assert.match(
      output,
      /fault +plan of shandi-drill: backups\.directory is "\/var\/backups\/shandi"; expected a name/,
    );
  });

  it('check --json prints one object', async () => {
    const good = JSON.parse((await dr('check', '--json')).output) as Record<string, unknown>;
    assert.equal(good['ok'], true);
    const { output, code } = await dr('check', '--plan', bad, '--json');
    assert.equal(code, 3);
    const result = JSON.parse(output) as { ok: boolean; faults: { path: string; line: number }[] };
    assert.equal(result.ok, false);
    assert.equal(result.faults[0]?.path, 'services[0].port');
  });

  it('show prints the page, or the plan as it is written', async () => {
    assert.match((await dr('show')).output, /^# The Shandi Microservices - Disaster Recovery Plan\n/);
    const shown = JSON.parse((await dr('show', '--json')).output) as { plan: { tiers: { rto: string }[] } };
    assert.equal(shown.plan.tiers[0]?.rto, '15m');
  });

  it('takes the plan of DR_PLAN, and -o json for --json, as every command does', () => {
    const { out, err, status } = typed(['-o', 'json', 'plan', 'check'], { DR_PLAN: bad });
    assert.equal(status, 3, err);
    const result = JSON.parse(out) as { ok: boolean; plan: string; faults: unknown[] };
    assert.deepEqual(
      { ok: result.ok, plan: result.plan, faults: result.faults.length },
      { ok: false, plan: bad, faults: 1 },
    );
    assert.match(err, /^plain temporal: none; /);
  });

  it('--plan goes before DR_PLAN', async () => {
    process.env['DR_PLAN'] = 'nowhere.yaml';
    try {
      const { output, code } = await dr('check', '--plan', bad, '--json');
      assert.equal(code, 3);
      assert.equal((JSON.parse(output) as { plan: string }).plan, bad);
    } finally {
      delete process.env['DR_PLAN'];
    }
  });

  it('show of a bad plan names the faults and ends with 3', async () => {
    const { output, code } = await dr('show', '--plan', bad);
    assert.equal(code, 3);
    assert.match(output, /cannot be used, it has 1 fault/);
  });
});
