import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cut, fill, oneLine, placeholders, plain, slackText } from '../../../activities/notify/template';
import { renderMessage, type RenderMessage } from '../../../activities/notify/render-message';
import { root } from '../../../activities/shared/paths';
import { standardNames } from '../../../workflows/contracts/people';

describe('a template', () => {
  it('is filled in one pass: what a value holds is not read again', () => {
    assert.deepEqual(fill('{{a}} and {{ b }}', { a: '{{b}}', b: '$& $1' }), { text: '{{b}} and $& $1' });
  });

  it('names every value that is missing, each once; what every object has is no value', () => {
    assert.deepEqual(fill('{{a}} {{b}} {{a}} {{constructor}}', { b: 'x' }), { missing: ['a', 'constructor'] });
  });

  it('leaves everything else as it is', () => {
    const text = '{a} {{}} {{ }} {{1}} {{#if}} {{a.b}} ${a}';
    assert.deepEqual(fill(text, {}), { text });
  });

  it('takes values without control characters, a subject without lines, Slack without its own words', () => {
    assert.equal(plain('a\u0007\u001b[31m\r\nb'), 'a\uFFFD\uFFFD[31m\nb');
    assert.equal(oneLine(' a\r\nBcc: b\t c '), 'a Bcc: b c');
    assert.equal(slackText('<!channel> & <@U1>'), '&lt;!channel&gt; &amp; &lt;@U1&gt;');
  });

  it('is cut by characters, not in the middle of one', () => {
    assert.equal(cut('abcdef', 6), 'abcdef');
    assert.equal(cut('😀😀😀😀😀😀', 5), '😀😀...');
  });
});

describe("the project's templates", () => {
  const folder = join(root(), 'templates');
  const names = ['escalation', 'incident-opened', 'on-call', 'report', 'resolved', 'test', 'update'];

  it('are there for every channel', () => {
    const files = names.flatMap((name) => ['email', 'slack', 'sms'].map((channel) => `${name}.${channel}.txt`));
    const messages = readdirSync(folder).filter((one) => one.endsWith('.txt'));
    assert.deepEqual(messages.sort(), files.sort());
  });

  for (const name of names)
    it(`${name} asks for nothing that callers do not know of`, () => {
      const own =
        name === 'on-call' ? ['summary', 'role', 'acknowledge', 'deadline'] : name === 'test' ? [] : ['summary'];
      const text = ['email', 'slack', 'sms'].map((one) => readFileSync(join(folder, `${name}.${one}.txt`), 'utf8'));
      for (const asked of placeholders(text.join('\n'))) assert.ok([...standardNames, ...own].includes(asked), asked);
      assert.match(text[0] ?? '', /^Subject: \S/);
    });
});

describe('a message', () => {
  const given: RenderMessage = {
    directory: 'templates',
    template: 'incident-opened',
    incident: 'inc-1',
    severity: 'critical',
    at: '2026-11-22T17:29:24.000Z',
    by: 'guard',
    reason: 'alarm',
    facts: { summary: 'x'.repeat(500), impact: 'guests cannot order' },
    plan: { name: 'Plan', organisation: 'The Shandi', statusPage: 'https://status.theshandi.com' },
    ref: '3f9c0a',
  };

  it('fits into one SMS, and keeps its reference', async () => {
    const { sms, subject } = await renderMessage(given);
    assert.equal([...sms].length, 160);
    assert.match(sms, /\.\.\. \(3f9c0a\)$/);
    assert.equal([...subject].length, 200);
  });

  it('an e-mail template without a subject is refused with its first line', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'dr-templates-'));
    try {
      for (const channel of ['email', 'sms', 'slack']) writeFileSync(join(directory, `mine.${channel}.txt`), 'Hello\n');
      await assert.rejects(
        renderMessage({ ...given, directory, template: 'mine' }),
        /mine\.email\.txt .* begins with "Hello"/,
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
