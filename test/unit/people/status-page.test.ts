import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { emptyDocument, objectionTo, withUpdate } from '../../../activities/status-page/document';
import { renderStatusPage } from '../../../activities/status-page/page';
import { updateStatusPage } from '../../../activities/status-page';
import { statusDocumentSchema, type StatusDocument, type StatusUpdate } from '../../../workflows/contracts/status';

const quiet = new DefaultLogger('ERROR', () => undefined);
const services = ['api-gateway', 'order-service', 'payment-service'];
const at = '2026-11-22T17:29:24.000Z';
const update = (change: Partial<StatusUpdate> = {}): StatusUpdate => ({
  incident: 'inc-1',
  key: '1',
  state: 'investigating',
  message: 'We look into it.',
  at,
  components: [],
  ...change,
});
const empty = emptyDocument('The Shandi', at);
/** The page after updates, each of which must follow from those before. */
const after = (...updates: Partial<StatusUpdate>[]): StatusDocument =>
  updates.reduce<StatusDocument>((document, change, index) => {
    const next = update({ key: String(index + 1), ...change });
    assert.equal(objectionTo(document, next), undefined);
    return withUpdate(document, next, services);
  }, empty);
const stateOf = (document: StatusDocument, name = 'order-service'): string | undefined =>
  document.components.find((one) => one.name === name)?.state;
const down = [{ name: 'order-service', state: 'major-outage' as const }];

describe('the status page', () => {
  it('leads an incident from its first word to its postmortem', () => {
    const document = after(
      { state: 'investigating', components: down },
      { state: 'identified' },
      { state: 'monitoring', components: [{ name: 'order-service', state: 'degraded' }] },
      { state: 'resolved' },
      { state: 'postmortem' },
    );
    assert.equal(document.incidents[0]?.updates.length, 5);
    assert.equal(stateOf(document), 'operational');
    assert.ok(statusDocumentSchema.safeParse(document).success);
  });

  it('an update that comes late takes its place in the list, and what a newer one said holds', () => {
    const later = '2026-11-22T17:30:00.000Z';
    const document = after(
      { state: 'monitoring', at: later, components: [{ name: 'order-service', state: 'degraded' }] },
      { state: 'investigating', at, components: down },
    );
    assert.equal(document.incidents[0]?.state, 'monitoring');
    assert.deepEqual(
      document.incidents[0]?.updates.map((one) => one.state),
      ['investigating', 'monitoring'],
    );
    assert.equal(stateOf(document), 'degraded');
    assert.equal(document.updatedAt, later);
  });

  it('shows a service as bad as the worst that is open says of it; what is resolved says nothing more', () => {
    const both = [
      { components: [{ name: 'order-service', state: 'degraded' as const }] },
      { incident: 'inc-2', components: down },
    ];
    assert.equal(stateOf(after(...both)), 'major-outage');
    assert.equal(stateOf(after(...both, { incident: 'inc-2', state: 'resolved' })), 'degraded');
    assert.equal(stateOf(after(...both), 'payment-service'), 'operational');
  });

  it('a maintenance that is planned touches no service yet; one in progress does', () => {
    const planned = {
      state: 'scheduled' as const,
      from: '2026-11-29T02:00:00.000Z',
      until: '2026-11-29T03:00:00.000Z',
      components: [{ name: 'order-service', state: 'maintenance' as const }],
    };
    assert.equal(stateOf(after(planned)), 'operational');
    const begun = after(planned, { state: 'in-progress' });
    assert.equal(stateOf(begun), 'maintenance');
    assert.equal(begun.incidents[0]?.until, planned.until);
    assert.equal(stateOf(after(planned, { state: 'in-progress' }, { state: 'completed' })), 'operational');
  });

  for (const [title, document, change, sentence] of [
    ['a postmortem of nothing', empty, { state: 'postmortem' }, /is not on the page/],
    [
      'a postmortem before it is resolved',
      after({}),
      { key: '2', state: 'postmortem' },
      /is investigating, and a postmortem follows/,
    ],
    [
      'news after the postmortem',
      after({}, { state: 'resolved' }, { state: 'postmortem' }),
      { key: '4' },
      /open another one/,
    ],
    ['the same key with other words', after({}), { message: 'Other words.' }, /on the page already, with other words/],
    [
      'a maintenance under the name of an incident',
      after({}),
      { key: '2', state: 'completed' },
      /is on the page as incident/,
    ],
  ] as [string, StatusDocument, Partial<StatusUpdate>, RegExp][])
    it(`refuses ${title}, with a sentence`, () => assert.match(objectionTo(document, update(change)) ?? '', sentence));

  it('is safe whatever people typed, needs no script and fetches nothing', () => {
    const evil = '</style><script>alert(1)</script>" onload="x\u0007';
    const page = renderStatusPage(after({ title: evil, message: evil, components: down }));
    assert.doesNotMatch(page, /<script|onload="x/);
    assert.match(page, /&lt;\/style&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;&quot; onload=&quot;x\uFFFD/);
    assert.match(page, /default-src 'none'/);
    assert.doesNotMatch(page, /(src|href)="(?!#|status\.json)/);
  });

  it('says in words what its colours mean', () => {
    const page = renderStatusPage(after({ components: down }));
    for (const words of [
      'Some services are out of order',
      'Major outage',
      'Investigating',
      'Order service',
      'API gateway',
    ])
      assert.ok(page.includes(words), words);
    assert.ok(renderStatusPage(after({}, { state: 'resolved' })).includes('All services operate'));
  });

  describe('on disk', () => {
    let directory: string;
    beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'dr-status-'))));
    afterEach(() => rmSync(directory, { recursive: true }));
    const post = (change: Partial<StatusUpdate> = {}): Promise<unknown> =>
      new MockActivityEnvironment({}, { logger: quiet }).run(updateStatusPage, {
        directory,
        name: 'The Shandi',
        components: services,
        update: update(change),
      });
    const read = (name: string): string => readFileSync(join(directory, name), 'utf8');

    it('takes an update once, also when it is posted twice; the page is made again from the truth', async () => {
      assert.deepEqual(await post({ components: down }), { title: 'Service disruption', repeated: false });
      const truth = read('status.json');
      writeFileSync(join(directory, 'index.html'), 'half a page');
      assert.deepEqual(await post({ components: down, at: '2026-11-22T18:00:00.000Z' }), {
        title: 'Service disruption',
        repeated: true,
      });
      assert.equal(read('status.json'), truth);
      assert.match(read('index.html'), /Some services are out of order/);
      // The gateway reads them as another user.
      for (const name of ['status.json', 'index.html'])
        assert.equal(statSync(join(directory, name)).mode & 0o777, 0o644);
    });

    it('takes updates that come at once one after the other', async () => {
      const keys = Array.from({ length: 20 }, (_one, index) => String(index));
      await Promise.all(keys.map((key) => post({ key })));
      const { incidents } = JSON.parse(read('status.json')) as StatusDocument;
      assert.deepEqual(
        incidents[0]?.updates.map(({ key }) => key),
        keys,
      );
    });

    it('refuses a truth that it did not write, and leaves it as it is', async () => {
      writeFileSync(join(directory, 'status.json'), '{"version":2}');
      await assert.rejects(post(), /status\.json in .* is not what this program writes: version/);
      assert.equal(read('status.json'), '{"version":2}');
    });

    it('a refused update does not stand in the way of the next one', async () => {
      await assert.rejects(post({ state: 'postmortem' }), /is not on the page/);
      await post();
    });
  });
});
