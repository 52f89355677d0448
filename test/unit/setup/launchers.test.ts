import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../../../scripts/set-up/paths';

describe('set-up: the shell scripts, on a bare machine', () => {
  let root: string;
  let bin: string;

  // A directory name with a blank: nothing may fall apart at it.
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'set up test-'));
    bin = join(root, 'bin');
    for (const path of ['scripts/setup', 'dr', 'tsconfig.json']) cpSync(join(checkout, path), join(root, path));
    writeFileSync(join(root, 'package-lock.json'), '{}');
    mkdirSync(bin);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const script = (name: string, body: string): void =>
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${body}\n`, { mode: 0o755 });
  const start = (path: string, args: string[], pathVariable = `${bin}:${process.env['PATH']}`) =>
    spawnSync(path, args, {
      cwd: tmpdir(),
      encoding: 'utf8',
      env: { ...process.env, PATH: pathVariable, DR_CACHE: join(root, 'cache') },
    });
  const lockHash = createHash('sha256').update('{}').digest('hex');
  const stamp = (): string => join(root, 'node_modules/.set-up-stamp');

  it('asks for Node where there is none', () => {
    for (const tool of ['bash', 'readlink', 'dirname', 'env'])
      symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(bin, tool));
    const { status, stderr } = start(join(root, 'scripts/setup'), [], bin);
    assert.equal(status, 1);
    assert.match(stderr, /Node\.js 20\.19 or newer with npm is needed/);
  });

  it('refuses an old Node, naming its version and place', () => {
    script('node', 'echo 18.20.4; exit 1');
    const { status, stderr } = start(join(root, 'scripts/setup'), []);
    assert.equal(status, 1);
    assert.match(stderr, /Node\.js 18\.20\.4 at .*bin\/node is too old: 20\.19 or newer is needed/);
  });

  it('installs packages once, and again only when the lock file changes', () => {
    script('npm', `echo "$@" >>"${root}/npm-calls"; mkdir -p node_modules`);
    const calls = (): number => readFileSync(join(root, 'npm-calls'), 'utf8').trim().split('\n').length;
    const setUp = (): number | null => start(join(root, 'scripts/setup'), ['--only', 'node']).status;
    assert.deepEqual([setUp(), calls()], [0, 1]);
    assert.match(readFileSync(join(root, 'npm-calls'), 'utf8'), /^ci --prefer-offline/);
    assert.deepEqual([setUp(), calls()], [0, 1]);
    writeFileSync(join(root, 'package-lock.json'), '{ }');
    assert.deepEqual([setUp(), calls()], [0, 2]);
  });

  it('writes no stamp when the installation failed', () => {
    script('npm', 'exit 1');
    const { status, stderr } = start(join(root, 'scripts/setup'), ['--only', 'node']);
    assert.equal(status, 1);
    assert.match(stderr, /npm ci failed/);
    assert.equal(existsSync(stamp()), false);
  });

  it('only looking, it installs nothing, looks at what it can, and says when the rest can be looked at', () => {
    script('npm', `touch "${root}/npm-calls"`);
    script('docker', 'echo 27.1.2');
    const { status, stdout } = start(join(root, 'scripts/setup'), ['--check']);
    assert.equal(status, 1);
    assert.match(stdout, /^ok +Node\.js +v\d+/m);
    assert.match(stdout, /^MISSING +Node packages/m);
    assert.match(stdout, /^ok +Docker Engine +27\.1\.2$/m);
    assert.match(stdout, /^later +everything else .*looked at once the packages are/m);
    assert.equal(existsSync(join(root, 'npm-calls')), false);
    script('docker', 'exit 1');
    assert.match(start(join(root, 'scripts/setup'), ['--check']).stdout, /^MISSING +Docker Engine/m);
  });

  it('lets one set-up wait for the other', async () => {
    mkdirSync(join(root, 'cache'));
    script('npm', 'mkdir -p node_modules');
    // The other one holds the lock until its input ends, and tells when it has it.
    const other = spawn('flock', [join(root, 'cache/set-up.lock'), 'sh', '-c', 'echo locked; cat']);
    await once(other.stdout, 'data');
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, DR_CACHE: join(root, 'cache') };
    const waiting = spawn(join(root, 'scripts/setup'), ['--only', 'node'], { env });
    const [line] = (await once(waiting.stdout, 'data')) as [Buffer];
    assert.match(line.toString(), /Another set-up is running on this machine/);
    assert.equal(existsSync(stamp()), false);
    other.stdin.end();
    const [code] = (await once(waiting, 'close')) as [number];
    assert.equal(code, 0);
    assert.equal(readFileSync(stamp(), 'utf8').trim(), lockHash);
  });

  it('dr says to run the set-up where packages are missing; doctor looks at what it can', () => {
    const other = start(join(root, 'dr'), ['runs', 'doctor']);
    assert.equal(other.status, 1);
    assert.match(other.stderr, /not installed yet\. Run .*\/scripts\/setup/);
    script('docker', 'echo 27.1.2');
    const text = start(join(root, 'dr'), ['doctor']);
    assert.equal(text.status, 1);
    assert.match(text.stdout, /^MISSING +Node packages[^]*^ok +Docker Engine/m);
    const json = start(join(root, 'dr'), ['doctor', '--json']);
    assert.equal(json.status, 1);
    assert.equal((JSON.parse(json.stdout) as { ok: boolean }).ok, false);
    assert.match(json.stderr, /^MISSING +Node packages/m);
  });

  it('dr works through a symbolic link, from any directory, with its arguments untouched', () => {
    symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
    writeFileSync(
      join(root, 'scripts/dr.ts'),
      'console.log(JSON.stringify([...process.argv.slice(2), process.cwd()])); process.exitCode = 7;',
    );
    symlinkSync(join(root, 'dr'), join(bin, 'temporal-dr'));
    const { status, stdout } = start(join(bin, 'temporal-dr'), ['a b', '$x']);
    assert.equal(status, 7);
    assert.deepEqual(JSON.parse(stdout), ['a b', '$x', tmpdir()]);
  });
});
