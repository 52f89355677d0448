/**
 * Which pages of a WAL segment hold WAL. Every page begins with a header that names its own address (XLogPageHeaderData,
 * PostgreSQL source, access/xlog_internal.h: xlp_magic, xlp_info, xlp_tli, xlp_pageaddr): a page that was only allocated is
 * zero, and one of a recycled segment still names the place it had. Pure functions.
 */

/** XLOG_BLCKSZ, unless the server was compiled otherwise. */
export const pageBytes = 8192;

/**
 * The pages from the one that holds a position to the last one written.
 * @param start address of the segment's first byte
 * @param from position from which WAL is wanted
 * @returns undefined when the segment does not hold that place at all; empty content when nothing was written behind it
 */
export function pagesFrom(
  segment: Buffer,
  start: number,
  from: number,
): { offset: number; content: Buffer } | undefined {
  if (!isPageAt(segment, 0, start)) return undefined;
  const offset = Math.floor((from - start) / pageBytes) * pageBytes;
  let end = offset;
  while (end < segment.length && isPageAt(segment, end, start + end)) end += pageBytes;
  return { offset, content: segment.subarray(offset, end) };
}

const isPageAt = (segment: Buffer, offset: number, address: number): boolean =>
  segment.length >= offset + 16 &&
  segment.readUInt16LE(offset) !== 0 &&
  segment.readBigUInt64LE(offset + 8) === BigInt(address);
