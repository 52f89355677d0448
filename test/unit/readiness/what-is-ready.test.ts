import assert from 'node:assert/strict';
import type { Plan } from '../../../plan';
import type { ItemState, ReadinessFacts, ReadinessItem } from '../../../workflows/contracts/readiness';
import { longestPause } from '../../../workflows/readiness/cron';
import { judgeReadiness } from '../../../workflows/readiness/judge';
import { median } from '../../../workflows/readiness/objectives';
import { ago, backup, day, hour, minute, readyFacts, thePlan } from './facts';

type Change = (facts: ReadinessFacts, plan: Plan) => void;

describe('what is ready', () => {
  let plan: Plan;
  beforeEach(async () => (plan = await thePlan()));

  /** What is judged otherwise than on a platform that is ready. */
  function judged(change: Change): { ready: boolean; items: ReadinessItem[] } {
    const facts = readyFacts();
    change(facts, plan);
    const { ready, items } = judgeReadiness(plan, facts);
    // No procedure takes the plan's logical backups.
    return { ready, items: items.filter(({ state, name }) => state !== 'ok' && !name.startsWith('logical')) };
  }
  const one = (facts: ReadinessFacts) => facts.databases[0]!;

  it('everything is there: ready, and nothing to say', () => {
    const { ready, items } = judged(() => undefined);
    assert.deepEqual([ready, items], [true, []]);
  });

  const failing: [string, Change, string, RegExp][] = [
    [
      'the newest full backup is older than the plan allows',
      (facts) => void (one(facts).repository.value!.backups = [backup('incr', hour), backup('full', 27 * hour)]),
      'full backup of shandi',
      /full-27h is 27 h old, by the plan at most 26 h/,
    ],
    [
      'no incremental one was taken for hours',
      (facts) => void (one(facts).repository.value!.backups = [backup('incr', 3 * hour), backup('full', 20 * hour)]),
      'incremental backup of shandi',
      /is 3 h old, by the plan at most 2 h/,
    ],
    [
      'the only full backup has page errors',
      (facts) =>
        void (one(facts).repository.value!.backups = [
          backup('incr', hour),
          backup('full', 15 * hour, { hasErrors: true }),
        ]),
      'full backup of shandi',
      /there is none that is good/,
    ],
    [
      'the repository cannot be read',
      (facts) => void (one(facts).repository = { problem: 'stanza main is missing' }),
      'restorable window of shandi',
      /not known: stanza main is missing/,
    ],
    [
      'archiving fails, and what is closed now does not arrive',
      (facts) => {
        Object.assign(one(facts).server.value!.archive, { lastFailedAt: ago(0), failedCount: 12, ready: 7 });
        one(facts).archive = { problem: 'it was waited for 10 s' };
      },
      'archiving of shandi',
      /did not arrive.*the last try failed, 2026-11-22 17:00:00 UTC \(12 failures\); 7 segments wait/,
    ],
    [
      'nothing was ever archived, and does not arrive',
      (facts) => {
        one(facts).server.value!.archive = { mode: 'on', lastFailedAt: ago(0), failedCount: 1, ready: 1 };
        one(facts).archive = { problem: 'it was waited for 10 s' };
      },
      'archiving of shandi',
      /no segment was archived yet/,
    ],
    [
      'a segment waits and waits',
      (facts) => void Object.assign(one(facts).server.value!.archive, { oldestReadyMs: 10 * minute, ready: 1 }),
      'archiving of shandi',
      /archiving is stuck: 1 segments wait, the oldest for 10 min/,
    ],
    [
      'archiving is off',
      (facts) => void (one(facts).server.value!.archive.mode = 'off'),
      'archiving of shandi',
      /archive_mode is off/,
    ],
    [
      'its figures are good, and a segment does not arrive',
      (facts) => void (one(facts).archive = { problem: 'it was waited for 10 s' }),
      'archiving of shandi',
      /closed now did not arrive: it was waited for 10 s/,
    ],
    [
      'a hole in the WAL, and no backup since',
      (facts) =>
        void Object.assign(one(facts).repository.value!, {
          gaps: [{ from: '00000001000000000000000A', to: '00000001000000000000000B' }],
          openEnded: false,
        }),
      'restorable window of shandi',
      /1 gap in the WAL, the first from 00000001000000000000000A.*the present cannot be reached/,
    ],
    [
      'no backup has its WAL behind it',
      (facts) => void Object.assign(one(facts).repository.value!, { windows: [], openEnded: false }),
      'restorable window of shandi',
      /there is none/,
    ],
    [
      'the standby is down',
      (facts) =>
        void Object.assign(one(facts).standbys[0]!.facts.value!, { answered: false, problem: 'it is stopped' }),
      'postgres-standby of shandi',
      /does not answer: it is stopped/,
    ],
    [
      'the standby does not stream',
      (facts) => void delete one(facts).standbys[0]!.facts.value!.receiver,
      'postgres-standby of shandi',
      /does not stream: no receiver runs/,
    ],
    [
      'its replay is paused',
      (facts) => void (one(facts).standbys[0]!.facts.value!.replayPaused = true),
      'postgres-standby of shandi',
      /replay is paused/,
    ],
    [
      'it is further behind than may be lost',
      (facts) => void (one(facts).standbys[0]!.facts.value!.heartbeatAt = ago(6 * minute)),
      'postgres-standby of shandi',
      /6 min of writes; the plan allows a loss of 5 min/,
    ],
    [
      'two servers take writes',
      (facts) => void (one(facts).standbys[0]!.facts.value!.inRecovery = false),
      'postgres-standby of shandi',
      /takes writes, and is not the primary/,
    ],
    [
      'the newest snapshot of Redis is broken',
      (facts) => {
        const [whole] = facts.stores[0]!.backups.value!;
        facts.stores[0]!.backups.value = [
          { ...whole!, problem: 'another checksum' },
          { ...whole!, takenAt: ago(hour) },
        ];
      },
      'backup of store redis',
      /is of no use: another checksum; the newest that can be used is of 2026-11-22 16:00:00/,
    ],
    [
      'there is no bundle',
      (facts) => void (facts.bundles[0]!.backups = { value: [] }),
      'bundle of configuration',
      /none/,
    ],
    [
      'the certificate has expired, and is served',
      (facts) => {
        facts.certificates = { value: { certificates: [], problem: 'the certificate expired at noon' } };
        Object.assign(facts.served.value!, { notAfter: ago(day) });
      },
      'certificate that nginx serves',
      /it expired 2026-11-21/,
    ],
    [
      'the gateway is down',
      (facts) => void (facts.served.value = { running: false, says: 'nginx does not run' }),
      'certificate that nginx serves',
      /nginx does not run/,
    ],
    [
      'nobody is on call',
      (_facts, changed) => void (changed.contacts = changed.contacts.filter(({ kind }) => kind === 'external')),
      'on-call chain',
      /no contact of kind internal/,
    ],
    [
      'the secret of a channel is gone',
      (facts) => void (facts.channels.value![0]!.problem = 'environment variable DR_SMTP_PASSWORD is empty'),
      'email emergency@theshandi.com',
      /DR_SMTP_PASSWORD is empty/,
    ],
    [
      'a site does not answer',
      (facts) => void (facts.sites[1]!.engine = { problem: 'no worker took it' }),
      'site backup',
      /does not answer: no worker took it/,
    ],
    [
      'a secret cannot be read',
      (facts) => void (facts.sites[0]!.access.value!.secrets[0]!.problem = 'file .env has no value for PG_PASSWORD'),
      'secrets of site primary',
      /password: file \.env has no value/,
    ],
    [
      'a file cannot be written',
      (facts) => void (facts.sites[0]!.access.value!.paths[0]!.problem = 'cannot be written: EROFS'),
      'files of site primary',
      /env file \(\.env\): cannot be written: EROFS/,
    ],
    [
      'the disk has no room for a copy',
      (facts) => void (one(facts).disk.value!.freeBytes = 1.1e6),
      'room for a copy of shandi',
      /1\.1 MB free, a copy needs 1\.2 MB/,
    ],
    [
      'no report can be written',
      (facts) => void (facts.past.value!.unwritable = 'the folder cannot be written: ENOSPC'),
      'folder of the reports',
      /ENOSPC/,
    ],
  ];
  for (const [title, change, name, says] of failing)
    it(`${title}: not ready, by name`, () => {
      const { ready, items } = judged(change);
      const found = items.find((item) => item.name === name && item.state === 'failed');
      assert.equal(ready, false);
      assert.match(found?.says ?? `nothing of ${name}: ${JSON.stringify(items)}`, says);
    });

  const warned: [string, Change, string, RegExp][] = [
    [
      'segments come faster than they go',
      (facts) => void Object.assign(one(facts).server.value!.archive, { oldestReadyMs: 1000, ready: 100 }),
      'archiving of shandi',
      /arrived in 300 ms; 100 segments wait, the oldest for 1 s/,
    ],
    [
      'archiving failed, and works again',
      (facts) => void Object.assign(one(facts).server.value!.archive, { lastFailedAt: ago(0), failedCount: 1 }),
      'archiving of shandi',
      /arrived in 300 ms; the last try failed/,
    ],
    [
      'a hole in the WAL with a backup behind it',
      (facts) => void (one(facts).repository.value!.gaps = [{ from: 'A', to: 'B' }]),
      'restorable window of shandi',
      /1 gap in the WAL/,
    ],
    [
      'the certificate expires soon',
      (facts) => void (facts.certificates.value!.good!.notAfter = ago(-13 * day)),
      'certificate of api.theshandi.com',
      /for 13 d; the plan wants 14 d/,
    ],
    [
      'the gateway was not reloaded',
      (facts) => void (facts.served.value!.fingerprint = 'CC:DD'),
      'certificate that nginx serves',
      /another one/,
    ],
    ['no channel is configured', (facts) => void (facts.channels.value = []), 'channels', /none is configured/],
    [
      'a channel took no message for months',
      (facts) => void (facts.past.value!.told = { 'email emergency@theshandi.com': ago(101 * day) }),
      'email emergency@theshandi.com',
      /101 d/,
    ],
    ['there is no standby', (facts) => void (one(facts).standbys = []), 'standby of shandi', /the plan has none/],
  ];
  for (const [title, change, name, says] of warned)
    it(`${title}: ready, with a warning`, () => {
      const { ready, items } = judged(change);
      assert.deepEqual(
        [ready, items.map((item): [string, ItemState] => [item.name, item.state])],
        [true, [[name, 'warning']]],
      );
      assert.match(items[0]?.says ?? '', says);
    });

  describe('objectives, predicted from what the last runs took', () => {
    const times = (achieved: number[], losses: number[] = []): ReadinessItem[] =>
      judged(
        (facts) =>
          void (facts.past.value!.times = [
            {
              procedure: 'serviceRecovery',
              resource: 'service.order-service',
              tier: 'P1',
              rto: 1,
              achieved,
              losses,
              drills: 1,
            },
          ]),
      ).items;

    it('well within the RTO of the plan as it is now, whatever they were judged by: nothing to say', () => {
      assert.deepEqual(times([minute, 2 * minute]), []);
    });
    it('one was over it: a warning', () => {
      const [item] = times([minute, minute, 16 * minute]);
      assert.equal(item?.state, 'warning');
      assert.match(item?.says ?? '', /predicted 1 min, at worst 16 min \(3 runs, 1 on a copy\); RTO 15 min/);
    });
    it('the next one will be over it: not ready', () =>
      assert.equal(times([16 * minute, 17 * minute])[0]?.state, 'failed'));
    it('more was lost than may be: a warning', () => {
      assert.match(times([minute], [6 * minute])[0]?.says ?? '', /largest loss 6 min, RPO 5 min/);
    });
    it('the median of an even number lies between', () => assert.equal(median([4, 1, 2, 10]), 3));
  });

  it('a failed proof is not ready; a missing one is a warning with the line to type', () => {
    const proof = {
      claim: 'c',
      says: 'It is recovered',
      section: 'data',
      because: 'why',
      prove: './dr test monthly',
    } as const;
    const of = (state: 'failed' | 'never' | 'stale' | 'verified'): [boolean, string | undefined] => {
      const { ready, items } = judged((facts) => void (facts.past.value!.proofs = [{ ...proof, state }]));
      return [ready, items[0]?.next];
    };
    assert.deepEqual(of('failed'), [false, 'Mend the cause, then: ./dr test monthly']);
    assert.deepEqual(of('never'), [true, './dr test monthly']);
    assert.deepEqual(of('stale'), [true, './dr test monthly']);
    assert.deepEqual(of('verified'), [true, undefined]);
  });

  it('a cron line pauses as long as its longest stretch without a firing', () => {
    const cases: [string, number | undefined][] = [
      ['30 * * * *', hour],
      ['0 2 * * *', day],
      ['0 4 * * 0', 7 * day],
      ['0 4 * * SUN', 7 * day],
      ['0 8-18/2 * * MON-FRI', 62 * hour],
      ['0 6 1 * *', 31 * day],
      ['0 5 15 1,4,7,10 *', 92 * day],
      ['0 0 1 * MON', 7 * day],
      ['0 0 30 2 *', undefined],
    ];
    for (const [cron, pause] of cases) assert.equal(longestPause(cron), pause, cron);
  });
});
