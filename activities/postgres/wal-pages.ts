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
 * @param systemIdentifier of the cluster: the first page of a segment names it (xlp_sysid)
 * @returns undefined when the segment does not hold that place at all; empty content when nothing was written behind it
 */
export function pagesFrom(
  segment: Buffer,
  start: number,
  from: number,
  systemIdentifier: string,
): { offset: number; content: Buffer } | undefined {
  if (!isPageAt(segment, 0, start) || segment.readBigUInt64LE(24).toString() !== systemIdentifier) return undefined;
  const offset = Math.floor((from - start) / pageBytes) * pageBytes;
  let end = offset;
  if (endsAt(segment, from - start) && !isPageAt(segment, offset + pageBytes, start + offset + pageBytes))
    return { offset, content: segment.subarray(offset, offset) };
  while (end < segment.length && isPageAt(segment, end, start + end)) end += pageBytes;
  return { offset, content: segment.subarray(offset, end) };
}

const isPageAt = (segment: Buffer, offset: number, address: number): boolean =>
  segment.length >= offset + 32 &&
  segment.readUInt16LE(offset) !== 0 &&
  segment.readBigUInt64LE(offset + 8) === BigInt(address);

/**
 * Whether WAL ends here: inside a page WAL is flushed up to the end of a record, records are aligned to 8 bytes, and where no
 * record follows its length (xl_tot_len) is zero. At the begin of a page nothing can be said.
 */
const endsAt = (segment: Buffer, offset: number): boolean =>
  offset % pageBytes !== 0 && segment.readUInt32LE(Math.ceil(offset / 8) * 8) === 0;
