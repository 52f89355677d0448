import assert from 'node:assert/strict';
import { parseInfo } from '../../../activities/pgbackrest/backups';
import { chooseBackups } from '../../../activities/pgbackrest/choose-backup';
import { isoMicros, utcMicros } from '../../../activities/pgbackrest/moments';
import { parseProbeRun } from '../../../activities/pgbackrest/probe-answer';
import { differingSettings, restoreOptions } from '../../../activities/pgbackrest/recovery-settings';
import { classifyRestore, parseFileTotal, parseShare } from '../../../activities/pgbackrest/restore-log';
import { parseHistory } from '../../../activities/pgbackrest/timeline';
import type { BackupFacts } from '../../../workflows/contracts/recovery';

const backup = (label: string, more: Partial<BackupFacts> = {}): BackupFacts => ({
  label,
  kind: 'full',
  startedAt: '2026-11-22T10:00:00.000Z',
  stoppedAt: '2026-11-22T10:00:10.000Z',
  startLsn: '0/2000028',
  stopLsn: '0/2000100',
  archiveStart: '000000010000000000000002',
  archiveStop: '000000010000000000000002',
  timeline: 1,
  databaseBytes: 1,
  repositoryBytes: 1,
  hasErrors: false,
  ...more,
});
const line1 = parseHistory(1, '');
const time = (text: string) => ({ kind: 'time' as const, time: text });

describe('pgbackrest info of a repository that cannot be read', () => {
  // As pgBackRest 2.45 prints it: exit code 0, no backup, no database.
  const unread = (cipher: string, code: number, reason: string): string =>
    `[{"archive":[],"backup":[],"cipher":"${cipher}","db":[],"name":"main","repo":[{"cipher":"${cipher}","key":1,"status":{"code":${code},"message":"${reason}"}}],"status":{"code":${code},"lock":{"backup":{"held":false}},"message":"${code === 99 ? 'other' : reason}"}}]`;

  it('tells a wrong pass phrase by what the decryption came to, and quotes none of it', () => {
    for (const reason of [
      "[CryptoError] unable to load info file '/r/backup.info' or '/r/backup.info.copy':\\nCryptoError: unable to flush",
      "[FormatError] unable to load info file '/r/backup.info':\\nkey/value found outside of section at line 1: \u0001\u001fx",
    ]) {
      const found = parseInfo(unread('aes-256-cbc', 99, reason), 'main');
      assert.equal(found?.undecipherable, true, reason);
      assert.match(found.status, /^\[\w+\] unable to load info file '[^\n]*'$/);
    }
  });

  it('takes neither a missing stanza nor another trouble for one', () => {
    assert.deepEqual(
      [
        parseInfo(unread('aes-256-cbc', 1, 'missing stanza path'), 'main'),
        parseInfo(unread('aes-256-cbc', 99, '[PathOpenError] unable to list file info for path'), 'main'),
        parseInfo(unread('none', 99, '[FormatError] unable to load info file'), 'main'),
      ].map((one) => [one?.undecipherable, one?.archiveId, one?.status]),
      [
        [false, undefined, 'missing stanza path'],
        [false, undefined, '[PathOpenError] unable to list file info for path'],
        [false, undefined, '[FormatError] unable to load info file'],
      ],
    );
  });
});

describe('pgbackrest info', () => {
  const info = (error: boolean): string =>
    JSON.stringify([
      {
        name: 'main',
        archive: [{ id: '15-1', database: { id: 1 } }],
        db: [{ id: 1, 'system-id': 1, version: '15' }],
        status: { code: 0, message: 'ok', lock: { backup: { held: true, size: 10, 'size-cplt': 4 } } },
        backup: [1, 2].map((n) => ({
          label: n === 1 ? 'A' : 'B',
          type: n === 1 ? 'full' : 'incr',
          ...(n === 1 ? { error } : { error: false }),
          archive: { start: '00000002000000000000000A', stop: '00000002000000000000000B' },
          lsn: { start: '0/A000028', stop: '0/B000050' },
          timestamp: { start: 1_795_385_960 + n, stop: 1_795_385_964 + n },
          info: { size: 5, repository: { delta: 2 } },
          database: { id: 1 },
          reference: n === 1 ? null : ['A'],
          ...(n === 2 ? { annotation: { 'dr-run': 'abcd0123' } } : {}),
        })),
      },
    ]).replace('"system-id":1', '"system-id":7711122775400247314');
  it('lists the newest first, with all digits of the system identifier', () => {
    const parsed = parseInfo(info(false), 'main');
    assert.deepEqual(
      parsed?.backups.map((one) => one.label),
      ['B', 'A'],
    );
    assert.equal(parsed?.systemIdentifier, '7711122775400247314');
    assert.equal(parsed?.backups[0]?.timeline, 2);
    assert.equal(parsed?.annotations.get('B')?.['dr-run'], 'abcd0123');
    assert.deepEqual(parsed?.running, { doneBytes: 4, totalBytes: 10 });
  });
  it('holds a backup for erroneous when one it refers to is', () => {
    assert.deepEqual(
      parseInfo(info(true), 'main')?.backups.map((one) => one.hasErrors),
      [true, true],
    );
  });
  it('knows no other stanza', () => assert.equal(parseInfo(info(false), 'other'), undefined));
});

describe('choosing a backup', () => {
  const old = backup('old');
  const young = backup('young', { stoppedAt: '2026-11-22T11:00:10.000Z', stopLsn: '0/9000000' });
  const choose = (target: Parameters<typeof chooseBackups>[1], wanted?: string, all = [young, old]) =>
    chooseBackups(all, target, line1, false, wanted);
  it('prefers the newest that ended before the target', () => {
    assert.equal(choose(time('2026-11-22T12:00:00Z')).fitting[0]?.label, 'young');
    assert.equal(choose(time('2026-11-22T10:30:00Z')).fitting[0]?.label, 'old');
    assert.equal(choose({ kind: 'lsn', lsn: '0/9000000', stop: 'before' }).fitting[0]?.label, 'old');
    assert.equal(choose({ kind: 'latest' }).fitting[0]?.label, 'young');
  });
  it('takes whole seconds strictly: the backup may have ended late in its last second', () => {
    assert.equal(choose(time('2026-11-22T11:00:10.999Z')).fitting[0]?.label, 'old');
    assert.equal(choose(time('2026-11-22T11:00:11Z')).fitting[0]?.label, 'young');
  });
  it('names the first usable target when all began too late', () => {
    const [refusal] = choose(time('2026-11-22T09:00:00Z')).refusals;
    assert.equal(refusal?.code, 'DR-TARGET-INSIDE-BACKUP');
    assert.match(refusal?.message ?? '', /old ended at .*first usable target is 2026-11-22T10:00:11.000Z/);
  });
  it('never starts from a backup with errors, and offers others to who asked for it', () => {
    const bad = { ...young, hasErrors: true };
    assert.equal(choose({ kind: 'latest' }, undefined, [bad, old]).fitting[0]?.label, 'old');
    const [refusal] = choose({ kind: 'latest' }, 'young', [bad, old]).refusals;
    assert.equal(refusal?.code, 'DR-BACKUP-WITH-ERRORS');
    assert.match(refusal?.next ?? '', /old/);
  });
  it('gives every reason against one backup at once', () => {
    const bad = backup('bad', { hasErrors: true, timeline: 4 });
    const { refusals } = chooseBackups([bad], time('2026-11-22T09:00:00Z'), line1, false, 'bad');
    assert.deepEqual(
      refusals.map((one) => one.code),
      ['DR-BACKUP-WITH-ERRORS', 'DR-WRONG-TIMELINE', 'DR-TARGET-INSIDE-BACKUP'],
    );
  });
  it('refuses what is not there', () => {
    assert.equal(choose({ kind: 'latest' }, 'none').refusals[0]?.code, 'DR-NO-BACKUP');
    assert.equal(choose({ kind: 'latest' }, undefined, []).refusals[0]?.code, 'DR-NO-BACKUP');
  });
  it('tells a missing history file from a wrong timeline', () => {
    const path = parseHistory(2, '');
    assert.equal(chooseBackups([old], { kind: 'latest' }, path, true).refusals[0]?.code, 'DR-HISTORY-MISSING');
    assert.equal(chooseBackups([old], { kind: 'latest' }, path, false).refusals[0]?.code, 'DR-WRONG-TIMELINE');
    const forked = parseHistory(2, '1\t0/3000000\tx\n');
    assert.deepEqual(
      chooseBackups([young, old], { kind: 'latest' }, forked, false).fitting.map((one) => one.label),
      ['old'],
    );
  });
});

describe('a target in the words of the server', () => {
  const settings = (target: Parameters<typeof restoreOptions>[0]['target'], timeline = 1) => ({
    target,
    backupTimeline: 1,
    timeline,
  });
  it('turns any offset into UTC and keeps microseconds', () => {
    assert.equal(utcMicros('2026-11-22T18:29:24.890426+01:00'), '2026-11-22 17:29:24.890426');
    assert.equal(utcMicros('2026-11-22 17:29:24Z'), '2026-11-22 17:29:24.000000');
    assert.equal(utcMicros('2026-11-22 00:10:00.5-01'), '2026-11-22 01:10:00.500000');
    assert.equal(isoMicros('2026-11-22 17:29:24.890426'), '2026-11-22T17:29:24.890426Z');
    assert.ok(
      restoreOptions(settings(time('2026-11-22T18:29:24.890426+01:00'))).includes(
        '--target=2026-11-22 17:29:24.890426+00',
      ),
    );
  });
  it('never leaves the timeline to the default', () => {
    assert.ok(restoreOptions(settings({ kind: 'latest' })).includes('--target-timeline=current'));
    assert.ok(restoreOptions(settings({ kind: 'latest' }, 3)).includes('--target-timeline=3'));
  });
  it('stops before or after as asked', () => {
    assert.ok(restoreOptions(settings({ kind: 'xid', xid: '7', stop: 'before' })).includes('--target-exclusive'));
    assert.ok(!restoreOptions(settings({ kind: 'xid', xid: '7', stop: 'after' })).includes('--target-exclusive'));
  });
  it('replays to the end as a standby, which stays readable', () => {
    assert.deepEqual(restoreOptions(settings({ kind: 'latest' })), ['--type=standby', '--target-timeline=current']);
  });
  it('finds what differs in postgresql.auto.conf; the last line of a name counts', () => {
    const conf =
      "archive_mode = 'on'\narchive_mode = 'off'\nrecovery_target_xid = '7'\nrecovery_target_inclusive = 'false'\nrecovery_target_timeline = 'current'\n";
    assert.deepEqual(differingSettings(settings({ kind: 'xid', xid: '7', stop: 'before' }), conf), []);
    assert.equal(differingSettings(settings({ kind: 'xid', xid: '8', stop: 'before' }), conf).length, 1);
    assert.equal(differingSettings(settings({ kind: 'xid', xid: '7', stop: 'after' }), conf).length, 1);
    assert.equal(differingSettings(settings({ kind: 'latest' }), conf).length, 2);
    assert.match(differingSettings(settings({ kind: 'latest' }), '')[0] ?? '', /archive_mode is null/);
  });
});

describe('the log of a restore', () => {
  it('reads progress and totals', () => {
    const line =
      '2026-11-22 22:40:55.123 P01 DETAIL: restore file /var/lib/postgresql/data/base/5/1255 (784KB, 48.12%) checksum 0123';
    assert.ok(Math.abs((parseShare(line) ?? 0) - 0.4812) < 1e-9);
    assert.equal(parseShare('P00   INFO: restore backup set 20261122-221922F'), undefined);
    assert.equal(parseFileTotal('P00   INFO: restore size = 30.1MB, file total = 1326'), 1326);
  });
  it('tells a full disk from a corrupt backup', () => {
    assert.equal(
      classifyRestore(1, 'ERROR: [041]: unable to write: [28] No space left on device').code,
      'DR-DISK-TOO-SMALL',
    );
    const corrupt = classifyRestore(
      29,
      "ERROR: [026]: error restoring '/data/base/5/1255': actual checksum 'a' does not match expected checksum 'b'",
    );
    assert.equal(corrupt.code, 'DR-BACKUP-CORRUPT');
    assert.match(corrupt.sentence, /base\/5\/1255/);
    assert.equal(classifyRestore(37, 'ERROR: [037]: restore command requires option: stanza').code, 'DR-TOOL');
  });
});

describe('the answer of a probe', () => {
  it('keeps what lies before a segment that could not be had', () => {
    const run = ['A', 'B', 'C'].map((end) => `00000001000000000000000${end}`);
    const answer = `E 00000001000000000000000B 1 not found\nL rmgr: Transaction len (rec/tot): 34/ 34, tx: 753, lsn: 0/0A0000D8, prev 0/0A0000A0, desc: COMMIT 2026-11-22 22:14:41.572123 UTC\n`;
    const parsed = parseProbeRun(run, answer);
    assert.deepEqual(parsed.segments, run.slice(0, 1));
    assert.deepEqual(parsed.failures, [{ segment: run[1], exitCode: 1, message: 'not found' }]);
    assert.equal(parsed.ends[0]?.xid, '753');
  });
});
