import { cancellationSignal } from '@temporalio/activity';
import type { MemberAt } from '../../workflows/contracts/cluster';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { containerFacts, findService } from '../shared/containers';
import { readColdVolume } from '../shared/control-data';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { runLabels } from '../shared/copy-names';
import { runOneShot } from '../shared/one-shot';
import { queryJson } from '../shared/psql';
import { timelineSql } from '../shared/sql';
import { withVolumeFiles } from '../shared/volume-files';

export interface Divergence {
  /** Timeline its data is on. */
  timeline: number;
  /** Where the primary's history left that timeline; absent: the primary is on it still. */
  forkLsn?: string;
  /** Commits it holds behind that place, which rewinding would take away; null: cannot be known. */
  commits: number | null;
  /** The first of them, as pg_waldump shows them. */
  examples: string[];
  /** Its volume holds no cluster at all: there is nothing to rewind, and nothing to lose. */
  empty?: true;
}

// $1 data directory, $2 timeline, $3 LSN. It ends with an error at the end of WAL, which is how the end is found.
const script = `export LC_ALL=C TZ=UTC PGTZ=UTC
pg_waldump -p "$1/pg_wal" -t "$2" -s "$3" -r Transaction 2>&1 | grep -E 'desc: (COMMIT|PREPARE)|could not find' | head -n 100000
for one in "$1"/pg_wal/????????????????????????; do echo "segment \${one##*/}"; done`;

/**
 * What a server holds that the primary has not: commits on its timeline behind the place where the primary's history left it.
 * A former primary may, and so may a standby that was left behind by a recovery to an earlier moment. Changes nothing.
 * @param args.primary the database with the roles as they are, at the site of its primary
 */
export async function measureDivergence(args: MemberAt & { primary: DatabaseAt }): Promise<Divergence> {
  const { site, service, primary } = args;
  const { dataDirectory } = primary.database;
  return withHeartbeat(`comparing ${service} with the primary`, async (_beat, signal) => {
    const unknown: Divergence = { timeline: 0, commits: null, examples: [] };
    const info = await findService(site, service);
    const volume = info && containerFacts(info, dataDirectory).dataVolume;
    if (!info || !volume) return unknown;
    const stopped = { containerId: info.Id, volume, image: info.Image, dataDirectory };
    const [control, version] = await withVolumeFiles(site, stopped, (files) =>
      Promise.all([files.read('global/pg_control'), files.read('PG_VERSION')]),
    );
    if (!control && !version) return { timeline: 0, commits: 0, examples: [], empty: true };
    // Its WAL may hold commits that nobody else has.
    if (!control) return unknown;
    const cold = await readColdVolume(site, { image: info.Image, volume, dataDirectory, signal });
    const { timeline, forks } = await historyOf(primary);
    // A standby of the primary's own timeline holds nothing of its own.
    if (cold.timeline === timeline && cold.state.includes('recovery')) return { timeline, commits: 0, examples: [] };
    const forkLsn = forks.find((one) => one.timeline === cold.timeline)?.lsn;
    // A timeline that the primary has never been on: somebody promoted this server, and nobody knows what it took since.
    if (!forkLsn) return { ...unknown, timeline: cold.timeline };
    const known = { timeline: cold.timeline, forkLsn };
    const result = await runOneShot(site, {
      name: `${site.compose.project}-dr-look-${service}`,
      image: info.Image,
      command: ['sh', '-c', script, 'sh', dataDirectory, String(cold.timeline), forkLsn],
      user: 'postgres',
      binds: [`${volume}:${dataDirectory}:ro`],
      labels: runLabels(site, 'look'),
      signal,
    });
    return { ...unknown, ...known, ...commitsIn(result.stdout) };
  });
}

/**
 * Commits in what the script printed; undefined: WAL is missing, so they cannot be known. A segment that pg_waldump does not
 * find is a hole when the server has a later one of that timeline; when it has none its WAL ends there, as it does after a
 * switch (`archive_timeout`, pg_switch_wal), until the next record makes the file.
 */
export function commitsIn(printed: string): Pick<Divergence, 'commits' | 'examples'> | undefined {
  const lines = printed.split('\n');
  const [, missing] = /could not find file "([0-9A-F]{24})"/.exec(printed) ?? [];
  const segments = lines.flatMap((line) => /^segment ([0-9A-F]{24})$/.exec(line)?.[1] ?? []);
  const unread = missing === undefined && /could not find (file|any WAL file)/.test(printed);
  const later = (one: string): boolean => one.slice(0, 8) === missing?.slice(0, 8) && one > missing;
  if (unread || segments.some(later)) return undefined;
  const commits = lines.filter((line) => /desc: (COMMIT|PREPARE)/.test(line));
  return { commits: commits.length, examples: commits.slice(0, 5).map((line) => line.slice(0, 200)) };
}

interface Answer {
  timeline: number;
  history: string | null;
}

/** The primary's timeline, and which it left before, and where (PostgreSQL manual 26.3.5). */
async function historyOf(
  primary: DatabaseAt,
): Promise<{ timeline: number; forks: { timeline: number; lsn: string }[] }> {
  const { Id } = await databaseContainer(primary);
  const sql = `SELECT json_build_object('timeline', ${timelineSql},
    'history', pg_read_file('pg_wal/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '.history', 0, 1000000, true))`;
  const { timeline, history } = await queryJson<Answer>(primary.site, Id, sql, { signal: cancellationSignal() });
  const forks = [...(history ?? '').matchAll(/^(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/gim)].map((match) => ({
    timeline: Number(match[1]),
    lsn: match[2] ?? '',
  }));
  return { timeline, forks };
}
