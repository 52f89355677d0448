/** Which pages of a segment hold WAL: one too few loses commits, one too many gives the standby WAL of another place. */
import assert from 'node:assert/strict';
import { pageBytes, pagesFrom } from '../../../activities/postgres/wal-pages';

const system = '7654321098765432109';
/** The segment begins here: number 6 of 16 MB. Four pages are enough to be a segment of its own. */
const start = 6 * 16 * 1024 * 1024;
const pages = 4;

/** A segment whose first `written` pages hold WAL; every byte behind their headers is the page's number. */
function segment(written: number, of: { at?: number; system?: string } = {}): Buffer {
  const file = Buffer.alloc(pages * pageBytes);
  for (let page = 0; page < written; page += 1) {
    const offset = page * pageBytes;
    file.fill(page + 1, offset + 24, offset + pageBytes);
    file.writeUInt16LE(0xd110, offset);
    file.writeUInt32LE(1, offset + 4);
    file.writeBigUInt64LE(BigInt((of.at ?? start) + offset), offset + 8);
  }
  if (written > 0) file.writeBigUInt64LE(BigInt(of.system ?? system), 24);
  return file;
}

describe('the pages of a segment from a position on', () => {
  it('are those from the page that holds the position to the last one written', () => {
    const file = segment(3);
    for (const [inside, offset] of [
      [40, 0],
      [pageBytes, pageBytes],
      [pageBytes + 800, pageBytes],
      [2 * pageBytes + 8, 2 * pageBytes],
    ] as const) {
      const found = pagesFrom(file, start, start + inside, system);
      assert.equal(found?.offset, offset);
      assert.deepEqual(found?.content, file.subarray(offset, 3 * pageBytes));
    }
  });

  it('are all of them when every page is written', () => {
    assert.equal(pagesFrom(segment(pages), start, start, system)?.content.length, pages * pageBytes);
  });

  it('end where a page was only allocated, or still is of the place it had before it was recycled', () => {
    const recycled = segment(pages, { at: start - 16 * 1024 * 1024 });
    const file = Buffer.concat([segment(2).subarray(0, 2 * pageBytes), recycled.subarray(2 * pageBytes)]);
    assert.equal(pagesFrom(file, start, start + 40, system)?.content.length, 2 * pageBytes);
    assert.equal(pagesFrom(segment(2), start, start + 40, system)?.content.length, 2 * pageBytes);
  });

  it('are none when the position is the very end: no record follows, and no page', () => {
    const file = segment(2);
    const end = pageBytes + 512;
    file.fill(0, end, 2 * pageBytes);
    const found = pagesFrom(file, start, start + end, system);
    assert.equal(found?.offset, pageBytes);
    assert.equal(found?.content.length, 0);
  });

  it('are the page of the position and the next ones when a record follows, or another page does', () => {
    const followed = segment(2);
    followed.fill(0, pageBytes + 520, 2 * pageBytes);
    assert.equal(pagesFrom(followed, start, start + pageBytes + 512, system)?.content.length, pageBytes);
    const next = segment(3);
    // A record that did not fit: its length lies on this page, zeros up to the end, and WAL goes on behind.
    next.fill(0, pageBytes + 512, 2 * pageBytes);
    assert.equal(pagesFrom(next, start, start + pageBytes + 512, system)?.content.length, 2 * pageBytes);
  });

  it('are none at the begin of a page that was never written', () => {
    assert.equal(pagesFrom(segment(2), start, start + 2 * pageBytes, system)?.content.length, 0);
  });

  it('the position is the end of the segment itself, as far as it can be: nothing is read beyond it', () => {
    const found = pagesFrom(segment(pages), start, start + pages * pageBytes - 8, system);
    assert.equal(found?.content.length, pageBytes);
  });
});

describe('a segment that does not hold the place at all', () => {
  const cases: [string, Buffer][] = [
    ['was only allocated', Buffer.alloc(pages * pageBytes)],
    ['is recycled, of another place', segment(pages, { at: start - 16 * 1024 * 1024 })],
    ['is of another cluster', segment(pages, { system: '1' })],
    ['is empty', Buffer.alloc(0)],
    ['is cut off in its first header', segment(1).subarray(0, 20)],
  ];
  for (const [title, file] of cases)
    it(`because it ${title}`, () => {
      assert.equal(pagesFrom(file, start, start + 40, system), undefined);
    });
});
