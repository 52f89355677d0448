import assert from 'node:assert/strict';
import { doctor } from '../../../scripts/doctor';
import { everyday } from '../../../scripts/set-up/component';

describe('doctor', () => {
  it('looks at everything and tells programs the same as people', async () => {
    const lines: string[] = [];
    const code = await doctor({ print: (text) => lines.push(text) });
    const documents: string[] = [];
    assert.equal(await doctor({ json: true, print: (text) => documents.push(text) }), code);
    assert.equal(documents.length, 1);
    const report = JSON.parse(documents[0]!) as { ok: boolean; components: { name: string; title: string }[] };
    assert.equal(report.ok, code === 0);
    assert.deepEqual(report.components.map(({ name }) => name).sort(), ['node', ...everyday].sort());
    for (const { title } of report.components)
      assert.ok(
        lines.some((line) => line.includes(title)),
        title,
      );
  });
});
