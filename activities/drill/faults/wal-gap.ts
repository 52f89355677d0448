import { drFailure } from '../../../workflows/contracts/errors';
import { databaseContainer } from '../../shared/database-container';
import { psql } from '../../shared/psql';
import { until } from '../../shared/until';
import { asideOf, inRepository, type Fault, type FaultAt } from './fault';

/** Longest wait until a segment is archived, milliseconds. */
const archivedWithinMs = 30_000;

// $1 folder aside. Answers where the segment was; nothing: none was taken yet.
const known = `[ ! -f "$1/from" ] || cat "$1/from"`;

// $1 repository, $2 stanza, $3 segment, $4 folder aside. The place is noted first, so that it can always be put back.
const take = `mkdir -p "$4"
if [ ! -f "$4/from" ]; then
  found=$(find "$1/archive/$2" -type f -name "$3-*" | head -n 1)
  [ -n "$found" ] || { echo "segment $3 is not below $1/archive/$2" >&2; exit 3; }
  printf '%s' "$found" >"$4/from"
fi
[ -f "$4/wal" ] || mv "$(cat "$4/from")" "$4/wal"
cat "$4/from"`;

// $1 folder aside.
const putBack = `[ -f "$1/from" ] || exit 0
[ ! -f "$1/wal" ] || mv "$1/wal" "$(cat "$1/from")"
rm -r "$1"`;

/** A segment in the middle of the copy's archive is gone: pgBackRest's own check and listing say nothing of that. */
export const walGap: Fault = {
  async plant(at, signal) {
    const aside = asideOf(at, 'wal-gap');
    let from = await inRepository(at, known, [aside], signal);
    if (from === '') {
      const segment = await middleSegment(at, signal);
      const { repositoryPath, stanza } = at.database.backup;
      from = await inRepository(at, take, [repositoryPath, stanza, segment, aside], signal);
    } else await inRepository(at, take, ['', '', '', aside], signal);
    const segment = (from.split('/').pop() ?? '').slice(0, 24);
    return { says: `segment ${segment} removed from the archive`, names: segment };
  },
  lift: async (at, signal) => void (await inRepository(at, putBack, [asideOf(at, 'wal-gap')], signal)),
};

/** A segment that is archived, and has one on either side of it. */
async function middleSegment(at: FaultAt, signal: AbortSignal): Promise<string> {
  const { Id } = await databaseContainer(at);
  const close = async (): Promise<string> => {
    const mark = `SELECT pg_create_restore_point('dr-planted') IS NULL`;
    const text = await psql(at.site, Id, [mark, 'SELECT pg_walfile_name(pg_switch_wal())'], { signal });
    return text.split('\n').at(-1) ?? '';
  };
  await close();
  const middle = await close();
  const last = await close();
  const archived = 'SELECT coalesce(left(last_archived_wal, 24), $$$$) FROM pg_stat_archiver';
  await until(async () => ((await psql(at.site, Id, archived, { signal })) >= last ? true : undefined), {
    deadlineMs: archivedWithinMs,
    signal,
    onTimeout: () =>
      drFailure('DR-DRILL', `segment ${last} of the copy was not archived within ${archivedWithinMs} ms`),
  });
  return middle;
}
