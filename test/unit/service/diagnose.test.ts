/** What is wrong with a service, told from its container and its own word, and which measures are worth taking. */
import assert from 'node:assert/strict';
import type { ServiceContainer, ServiceFacts } from '../../../workflows/contracts/service';
import { diagnose } from '../../../workflows/service/diagnose';

const at = '2026-11-22T17:00:00.000Z';
const refused = { healthy: false, says: 'ECONNREFUSED' };

const facts = (container: Partial<ServiceContainer> | undefined, health: ServiceFacts['health']): ServiceFacts => ({
  service: 'order-service',
  site: 'primary',
  at,
  ...(container
    ? {
        container: {
          id: '1',
          image: 'shandi/service:1',
          imageId: 'sha256:1',
          running: true,
          paused: false,
          restarting: false,
          restarts: 0,
          exitCode: 0,
          oomKilled: false,
          startedAt: '2026-11-22T16:59:50.000Z',
          restartPolicy: 'unless-stopped',
          ...container,
        },
      }
    : {}),
  image: { name: 'shandi/service:1', there: true },
  health,
});

describe('diagnosis of a service', () => {
  const cases: [string, Partial<ServiceContainer> | undefined, ServiceFacts['health'], string, string[]][] = [
    ['it says that it is well', {}, { healthy: true, status: 200, says: 'status 200' }, 'healthy', []],
    [
      'it is well for a minute, whatever happened before',
      { restarts: 9, startedAt: '2026-11-22T16:58:59.000Z' },
      { healthy: true, says: 'ok' },
      'healthy',
      [],
    ],
    [
      'it is well between two of its deaths',
      { restarts: 9 },
      { healthy: true, says: 'ok' },
      'restart-loop',
      ['recreate'],
    ],
    ['somebody else answers at its port', undefined, { healthy: true, says: 'ok' }, 'gone', ['recreate']],
    ['it has no container', undefined, refused, 'gone', ['recreate']],
    ['it has ended', { running: false, exitCode: 137 }, refused, 'stopped', ['restart', 'recreate']],
    ['it is paused', { paused: true }, refused, 'paused', ['restart', 'recreate']],
    ['it runs and is silent', {}, refused, 'silent', ['restart', 'recreate']],
    [
      'it says that it cannot work',
      {},
      { healthy: false, status: 503, says: 'status 503' },
      'failing',
      ['restart', 'recreate'],
    ],
    [
      'the engine waits before the next start',
      { running: false, restarting: true, restarts: 3 },
      refused,
      'restart-loop',
      ['recreate'],
    ],
    ['it has just been started once more', { restarts: 3 }, refused, 'restart-loop', ['recreate']],
  ];
  for (const [title, container, health, picture, measures] of cases)
    it(`${title}: ${picture}`, () => {
      const found = diagnose(facts(container, health));
      assert.equal(found.picture, picture);
      assert.deepEqual(found.measures, measures);
      assert.match(found.says, /order-service/);
    });

  it('it is well and its clients do not get their page: not reached', () => {
    const page = { healthy: false, status: 502, says: 'status 502' };
    const found = diagnose({ ...facts({}, { healthy: true, says: 'ok' }), page });
    assert.deepEqual([found.picture, found.measures, found.servesNobody], ['not-reached', ['reload'], true]);
  });

  it('whoever gets his page is served, whatever the service says of itself', () => {
    const page = { healthy: true, status: 200, says: 'status 200' };
    assert.equal(diagnose({ ...facts({}, { healthy: false, status: 503, says: '503' }), page }).servesNobody, false);
    assert.equal(diagnose(facts({}, { healthy: false, status: 503, says: '503' })).servesNobody, true);
  });

  it('one that was started again twice, or has run for a minute since, does not loop', () => {
    assert.equal(diagnose(facts({ restarts: 2 }, refused)).picture, 'silent');
    assert.equal(diagnose(facts({ restarts: 9, startedAt: '2026-11-22T16:58:59.000Z' }, refused)).picture, 'silent');
  });

  it('says what the engine knows of its end', () => {
    const said = diagnose(facts({ running: false, exitCode: 137, oomKilled: true }, refused)).says;
    assert.match(said, /exit code 137, killed for want of memory/);
  });
});
