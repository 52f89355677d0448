import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives the tests of a file a `DR_HOME` of their own, so that they find no report of what the runs of other files have left; the
 * workflow code is kept where all keep it. Call it before anything that reads `DR_HOME` is opened. @returns its path, once a test runs
 */
export function useOwnHome(): () => string {
  const former = process.env['DR_HOME'];
  let home = '';
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'dr-own-home-'));
    const bundles = join(tmpdir(), 'dr-test-bundles');
    mkdirSync(bundles, { recursive: true });
    symlinkSync(bundles, join(home, 'bundles'));
    process.env['DR_HOME'] = home;
  });
  after(() => {
    if (former === undefined) delete process.env['DR_HOME'];
    else process.env['DR_HOME'] = former;
    rmSync(home, { recursive: true });
  });
  return () => home;
}
