import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodesPage } from '../../../scripts/error-codes';
import { errorCodes } from '../../../workflows/contracts/errors';

const root = join(__dirname, '..', '..', '..');

describe('error codes', () => {
  it('docs/error-codes.md is in step with the list (npm run docs:errors)', () => {
    assert.equal(readFileSync(join(root, 'docs', 'error-codes.md'), 'utf8'), errorCodesPage());
  });

  it('every code is used somewhere, and no other is', () => {
    const used = new Set<string>();
    for (const folder of ['activities', 'workflows', 'scripts', 'plan', 'workers']) {
      for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (!entry.isFile() || !file.endsWith('.ts') || file.endsWith('contracts/errors.ts')) continue;
        for (const [code] of readFileSync(file, 'utf8').matchAll(/\bDR-[A-Z]+(?:-[A-Z]+)*\b/g)) used.add(code);
      }
    }
    const known = new Set<string>(Object.keys(errorCodes));
    // Made where the list itself is: from a failure that no activity named.
    const here = ['DR-SITE-UNREACHABLE', 'DR-TIMEOUT', 'DR-INTERNAL'];
    assert.deepEqual(
      [...used].filter((code) => !known.has(code)),
      [],
      'used but not in the list',
    );
    assert.deepEqual(
      [...known].filter((code) => !used.has(code) && !here.includes(code)),
      [],
      'in the list but never used',
    );
  });
});
