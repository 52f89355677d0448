/** What is planted must be the fault that it says, and nothing else: a check that finds another one proves nothing. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { disconnectService, liftFault, loseFile, plantFault } from '../../../activities/drill';
import { agedInfo } from '../../../activities/drill/faults/backup-info';
import { selfSigned } from '../../../activities/drill/faults/self-signed';
import { judgeCertificates } from '../../../activities/files/certificate';
import { root } from '../../../activities/shared/paths';
import { loadPlan } from '../../../plan';
import { problemOf } from '../../../workflows/contracts/errors';
import { judgeFinding } from '../../../workflows/drill/detections';
import type { ChildEnd } from '../../../workflows/kernel/child';

const day = 86_400_000;

describe('an expired certificate that is planted', () => {
  const name = 'api.theshandi.com';
  const now = new Date('2026-11-28T12:00:00Z');
  const judged = (from: number, to: number): ReturnType<typeof judgeCertificates> => {
    const made = selfSigned(name, new Date(now.getTime() + from * day), new Date(now.getTime() + to * day));
    const files = [
      { path: 'server.crt', text: made.certificate },
      { path: 'server.key', text: made.key },
    ];
    return judgeCertificates(files, name, now);
  };

  it('is refused because it has expired', () => {
    const { good, problem } = judged(-90, -1);
    assert.equal(good, undefined);
    assert.equal(problem, 'the certificate in server.crt expired at 2026-11-27T12:00:00.000Z');
  });
  it('and for no other reason: with another life it is good', () => assert.ok(judged(-1, 90).good));
  it('is signed by its own key', () => {
    const made = new X509Certificate(selfSigned(name, now, new Date(now.getTime() + day)).certificate);
    assert.ok(made.verify(made.publicKey));
  });
});

describe('a fault', () => {
  const run = { workflowId: 'test.system', runId: '7b6f3a52-0000-4000-8000-000000000001' };
  const approval = {
    ...run,
    gate: 'damage',
    card: '0123456789ab',
    by: 'policy',
    via: 'policy',
    at: '2026-11-28T12:00:00.000Z',
  };

  for (const activity of [plantFault, liftFault, loseFile, disconnectService])
    it(`is never planted in what serves, nor taken back there: ${activity.name}`, async () => {
      const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
      const [site] = plan.sites;
      const [database] = plan.databases;
      // An engine that nobody can call: whoever goes past the guard says so.
      const serving = { ...site, engine: { socketPath: '/nowhere/docker.sock' } };
      const args = {
        drills: plan.drills,
        site: serving,
        database,
        gateway: plan.gateway,
        fault: 'wal-gap',
        service: 'x',
        path: 'x',
      };
      const env = new MockActivityEnvironment(
        { workflowExecution: run },
        { logger: new DefaultLogger('ERROR', () => undefined) },
      );
      const failure: unknown = await env
        .run(activity as (given: unknown) => Promise<unknown>, { ...args, approval })
        .catch((error: unknown) => error);
      const { code, message } = problemOf(failure);
      assert.equal(code, 'DR-DRILL', message);
      assert.match(message, /asked to damage project shandi, which is not the copy/);
    });
});

describe('what has found a planted fault', () => {
  const planted = { says: 'segment 5 removed', names: '000000010000000000000005' };
  const failed = (code: string, message: string): ChildEnd => ({ failed: { code, message } });
  const cases: [string, ChildEnd, boolean][] = [
    [
      'its code, and the very thing',
      failed('DR-WAL-GAP', 'DR-WAL-GAP: segment 000000010000000000000005 is missing'),
      true,
    ],
    [
      'among other reasons',
      failed('DR-REFUSED', 'DR-TABLESPACES: x\nDR-WAL-GAP: segment 000000010000000000000005 is missing'),
      true,
    ],
    [
      'its code, and another thing',
      failed('DR-WAL-GAP', 'DR-WAL-GAP: segment 000000010000000000000006 is missing'),
      false,
    ],
    ['another code', failed('DR-NO-BACKUP', 'there is none at 000000010000000000000005'), false],
    ['nothing: another run was in the way', { locked: 'drill.check.database.shandi' }, false],
  ];
  for (const [title, end, caught] of cases)
    it(`${title}: ${caught}`, () => assert.equal(judgeFinding(end, 'DR-WAL-GAP', planted).caught, caught));
});

describe('backup.info dated back', () => {
  const text = (start: number, stop: number, checksum: string): string =>
    `[backrest]
backrest-format=5
backrest-version="2.44"

[backup:current]
20261122-160000F={"backrest-format":5,"backup-timestamp-start":${start},"backup-timestamp-stop":${stop},"option-online":true}

[db]
db-id=1
db-version="15"

[backrest]
backrest-checksum="${checksum}"
`;
  // SHA-1 of {"backrest":{…},"backup:current":{…},"db":{…}}, as pgBackRest's info/info.c reckons it.
  const [before, after] = ['53da58714982263b6485f6b66ff7d879bd1c55e5', 'aba5f1233b305df84dbdd24b8c1b81b5d03536b2'];

  it('has other times, and the checksum that fits them', () =>
    assert.equal(
      agedInfo(text(1_795_000_000, 1_795_000_060, before), 97_200),
      text(1_794_902_800, 1_794_902_860, after),
    ));
  it('is left alone where its checksum is not as expected', () =>
    assert.equal(agedInfo(text(1_795_000_000, 1_795_000_061, before), 97_200), undefined));
});
