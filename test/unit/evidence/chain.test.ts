/** The manifest is a chain: whatever is done to one of its entries, the chain tells. */
import assert from 'node:assert/strict';
import { append, headOf, manifestText, readManifest, type Entry } from '../../../scripts/evidence/chain';

const sha = 'a'.repeat(64);
const file = (path: string) => ({ kind: 'file' as const, path, bytes: 1, sha256: sha });
const header = {
  kind: 'bundle' as const,
  format: 1 as const,
  name: 'n',
  workflowId: 'w',
  runId: 'r',
  procedure: 'restoreTest',
  madeAt: '2026-11-22T17:29:24.000Z',
  by: 'tester',
  product: '0.1.0',
  after: null,
};
const word = { kind: 'attestation' as const, path: 'attestations/1.json', bytes: 1, sha256: sha, at: 't', by: 'b' };

function sealed(...paths: string[]): Entry[] {
  let entries = append([], header);
  for (const path of paths) entries = append(entries, file(path));
  return append(entries, { kind: 'seal', files: paths.length });
}

describe('the manifest of a bundle', () => {
  const entries = sealed('a', 'b', 'c');
  const lines = manifestText(entries).split('\n').slice(0, -1);
  const faultsOf = (given: string[]): string[] => readManifest(given.map((line) => `${line}\n`).join('')).faults;

  it('as it was written, and with attestations behind it, it holds', () => {
    assert.deepEqual(faultsOf(lines), []);
    const attested = append(append(entries, { ...word, result: 'fail' }), { ...word, result: 'pass' });
    assert.deepEqual(readManifest(manifestText(attested)).faults, []);
    assert.notEqual(headOf(attested), headOf(entries));
  });

  lines.forEach((line, at) => {
    it(`one byte changed anywhere in entry ${at + 1} is told, with its line`, () => {
      for (let index = 0; index < line.length; index += 1) {
        const changed = `${line.slice(0, index)}${line[index] === 'x' ? 'y' : 'x'}${line.slice(index + 1)}`;
        const faults = faultsOf(lines.map((one, other) => (other === at ? changed : one)));
        assert.ok(
          faults.some((fault) => fault.startsWith(`manifest.jsonl line ${at + 1}`)),
          `byte ${index} of ${line}: ${faults.join('; ')}`,
        );
      }
    });

    it(`entry ${at + 1} taken out, doubled, or moved is told`, () => {
      assert.notDeepEqual(faultsOf(lines.toSpliced(at, 1)), [], 'taken out');
      assert.notDeepEqual(faultsOf(lines.toSpliced(at, 0, line)), [], 'doubled');
      const moved = lines.toSpliced(at, 1);
      for (let to = 0; to < lines.length; to += 1)
        if (to !== at) assert.notDeepEqual(faultsOf(moved.toSpliced(to, 0, line)), [], `moved to ${to + 1}`);
    });
  });

  it('a blank more, another order of keys, a missing end of line: not as the product writes it', () => {
    const spaced = lines.with(1, (lines[1] ?? '').replace('":', '": '));
    assert.match(faultsOf(spaced).join(), /line 2 \(a\): it is not written as the product writes it/);
    assert.match(readManifest(lines.join('\n')).faults.join(), /the last line has no end/);
    assert.notDeepEqual(readManifest('').faults, []);
  });

  it('a forger who makes all hashes anew still cannot leave out the seal, nor add files behind it', () => {
    const open = [file('a')].reduce<Entry[]>((before, body) => append(before, body), append([], header));
    assert.match(readManifest(manifestText(open)).faults.join(), /0 seals instead of one/);
    assert.match(
      readManifest(manifestText(append(sealed('a'), file('b')))).faults.join(),
      /kind file, where attestation/,
    );
    const fewer = append(append(append([], header), file('a')), { kind: 'seal', files: 2 });
    assert.match(readManifest(manifestText(fewer)).faults.join(), /it has 1 files, and was sealed with 2/);
  });
});
