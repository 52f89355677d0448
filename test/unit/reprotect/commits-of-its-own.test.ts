import assert from 'node:assert/strict';
import { commitsIn } from '../../../activities/postgres/measure-divergence';

const commit = 'rmgr: Transaction len 34, tx: 900, lsn: 0/09000100, desc: COMMIT 2026-11-28 10:07:00 UTC';
const segments = (...last: string[]): string => last.map((one) => `segment 0000000100000000000000${one}\n`).join('');
const notFound = (last: string): string =>
  `pg_waldump: error: could not find file "0000000100000000000000${last}": No such file or directory\n`;

describe('commits that only the former primary has', () => {
  it('are counted to the end of its WAL', () =>
    assert.deepEqual(commitsIn(`${commit}\n${commit}\n${segments('08', '09')}`), {
      commits: 2,
      examples: [commit, commit],
    }));

  it('are known when its WAL ends with a switched segment, whose successor nobody has made yet', () =>
    assert.equal(commitsIn(`${commit}\n${notFound('0A')}${segments('08', '09')}`)?.commits, 1));

  it('are not known when a segment between is missing', () =>
    assert.equal(commitsIn(`${notFound('09')}${segments('08', '0A')}`), undefined));

  it('a later segment of another timeline is no hole', () =>
    assert.equal(commitsIn(`${commit}\n${notFound('0A')}segment 00000002000000000000000B\n`)?.commits, 1));

  it('are none when nothing was written behind the fork', () =>
    assert.equal(
      commitsIn(`pg_waldump: error: could not find a valid record after 0/9000000\n${segments('09')}`)?.commits,
      0,
    ));

  it('are not known when there is no WAL at all', () =>
    assert.equal(commitsIn('pg_waldump: error: could not find any WAL file\n'), undefined));
});
