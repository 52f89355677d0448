import assert from 'node:assert/strict';
import { cpSync, appendFileSync, mkdtempSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory, checkout, toolPaths, which } from '../../../scripts/set-up/paths';
import { cachedTool, parsePin, pinOf } from '../../../scripts/set-up/tools';
import { atLeast } from '../../../scripts/set-up/versions';

describe('set-up: pinned tools and where they lie', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'set-up-test-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  const executable = (path: string): string => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
    return path;
  };

  it('reads the pins of this checkout, new enough for the project', () => {
    assert.ok(atLeast(pinOf('temporal', checkout).version, '1.8'));
    assert.ok(atLeast(pinOf('compose', checkout).version, '2.20'));
  });

  it('reads a pin in a require block and on a line of its own', () => {
    const own = 'module a\n\ngo 1.24.9\n\nrequire example.org/b/v2 v2.40.3\n';
    assert.deepEqual(parsePin(own, 'example.org/b/v2'), { version: '2.40.3', go: '1.24.9' });
    const block = 'module a\ngo 1.26\nrequire (\n\texample.org/bxc v9.9.9\n\texample.org/b.c v1.8.2 // indirect\n)\n';
    assert.deepEqual(parsePin(block, 'example.org/b.c'), { version: '1.8.2', go: '1.26' });
  });

  it('says what is wrong with a go.mod without the pin', () =>
    assert.throws(() => parsePin('module a\n\ngo 1.24\n', 'example.org/b'), /pins no version of example\.org\/b/));

  it('gives another pin another file, so that an old binary is never taken for a new one', () => {
    cpSync(join(checkout, 'tools'), join(directory, 'tools'), { recursive: true });
    const before = cachedTool('temporal', directory, '/cache');
    assert.equal(before, cachedTool('temporal', checkout, '/cache'));
    assert.match(before, /^\/cache\/bin\/temporal-[0-9a-f]{12}$/);
    appendFileSync(join(directory, 'tools/temporal/go.sum'), '\n');
    assert.notEqual(cachedTool('temporal', directory, '/cache'), before);
  });

  it('keeps the cache where the user wants it, and outside the checkout by default', () => {
    assert.equal(cacheDirectory({ DR_CACHE: '/a', XDG_CACHE_HOME: '/b' }), '/a');
    assert.equal(cacheDirectory({ XDG_CACHE_HOME: '/b' }), '/b/shandi-dr');
    assert.match(cacheDirectory({ XDG_CACHE_HOME: 'relative' }), /\.cache\/shandi-dr$/);
  });

  it('finds the Temporal CLI: the variable, then the cache, then PATH', () => {
    const onPath = executable(join(directory, 'bin/temporal'));
    const env = { DR_CACHE: join(directory, 'cache'), PATH: join(directory, 'bin') };
    assert.equal(toolPaths(env).temporal, onPath);
    const cached = executable(cachedTool('temporal', checkout, env.DR_CACHE));
    assert.equal(toolPaths(env).temporal, cached);
    const given = executable(join(directory, 'mine'));
    assert.equal(toolPaths({ ...env, TEMPORAL_CLI_PATH: given }).temporal, given);
  });

  it('refuses a TEMPORAL_CLI_PATH that leads nowhere, naming it', () =>
    assert.throws(() => toolPaths({ TEMPORAL_CLI_PATH: '/nowhere' }), /TEMPORAL_CLI_PATH is "\/nowhere"/));

  it('does not take a directory for a program', () => {
    mkdirSync(join(directory, 'docker'));
    assert.equal(which('docker', { PATH: directory }), undefined);
  });
});
