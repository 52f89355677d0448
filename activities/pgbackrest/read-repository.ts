import { drFailure, refusal } from '../../workflows/contracts/errors';
import type { DatabaseAt, Refusal } from '../../workflows/contracts/recovery';
import { execIn } from '../shared/exec';
import { redact } from '../shared/redact';
import { describeSecret } from '../shared/secrets';
import { parseListing, type Archive } from './archive';
import { parseInfo, type StanzaInfo } from './backups';
import { listScript, mark } from './scripts';
import { defaultSegmentBytes, historyName } from '../../workflows/contracts/wal';

export interface Repository {
  info: StanzaInfo;
  archive: Archive;
  segmentBytes: number;
  /** Content of the history file that was asked for; undefined when the archive has none. */
  history: string | undefined;
  /** Segments that the server has closed and not archived yet, as far as its data directory is at hand. */
  waiting: Set<string>;
  /** The same, and those in its pg_wal that are not marked as archived; undefined when its pg_wal is not at hand. */
  onServer: Set<string> | undefined;
  /** Its data directory has a `global/pg_control`, without which pgBackRest hands out no WAL. */
  controlFile: boolean;
}

/**
 * Everything the repository tells without opening a backup or a segment, in one exec (about 0.1 s).
 * @param container toolbox, or the database's own container
 * @param timeline timeline whose history is wanted; timeline 1 has none
 * @throws DR-NO-BACKUP when the stanza is not there, DR-SECRET when the pass phrase does not open it (both reasons not to
 *   begin), DR-TOOL when pgBackRest fails
 */
export async function readRepository(
  at: DatabaseAt,
  container: string,
  options: { timeline?: number; signal?: AbortSignal } = {},
): Promise<Repository> {
  const { stanza } = at.database.backup;
  const wanted = (options.timeline ?? 1) > 1 ? historyName(options.timeline ?? 1) : '';
  // collected here and not by execIn, which keeps only the end of long answers: a listing has 150 bytes per segment
  const chunks: string[] = [];
  const result = await execIn(
    at.site,
    container,
    ['sh', '-c', listScript, 'sh', stanza, at.database.dataDirectory, wanted],
    {
      user: 'postgres',
      onOutput: (text) => chunks.push(text),
      ...(options.signal ? { signal: options.signal } : {}),
    },
  );
  const [info = '', list = '', history = '', ready = '', closed = '', codes = ''] = chunks
    .join('')
    .split(`${mark}\n`)
    .map((part) => part.trim());
  const [infoCode, listCode, bytes] = codes.split(' ').map(Number);
  if (info.includes(noPassPhrase)) throw refusal(refuseCipher(at, 'it is encrypted, and no pass phrase was given'));
  if (result.exitCode !== 0 || infoCode !== 0)
    throw drFailure(
      'DR-TOOL',
      `pgbackrest info of stanza ${stanza} failed: ${redact(info || result.stderr)
        .trim()
        .slice(-400)}`,
    );
  const parsed = parseInfo(info, stanza);
  if (parsed?.undecipherable) throw refusal(refuseCipher(at, parsed.status));
  if (!parsed || parsed.archiveId === undefined)
    throw refusal({
      code: 'DR-NO-BACKUP',
      message: `stanza ${stanza} of database ${at.database.name} is not in the repository at ${at.database.backup.repositoryPath}: ${parsed?.status ?? 'it is not listed'}`,
      next: 'Check the stanza and the repository that the plan names; without a backup only a standby or the damaged volume is left.',
    });
  if (listCode !== 0)
    throw drFailure('DR-TOOL', `pgbackrest repo-ls of stanza ${stanza} failed: ${redact(list).slice(-400)}`);
  const segmentBytes = bytes || defaultSegmentBytes;
  return {
    info: parsed,
    archive: parseListing(list, parsed.archiveId, segmentBytes),
    segmentBytes,
    history: history === '' ? undefined : history,
    waiting: new Set(names(ready)),
    onServer: closed.startsWith('.') ? new Set([...names(ready), ...names(closed)]) : undefined,
    controlFile: bytes !== undefined && bytes > 0,
  };
}

/** What pgBackRest says of an encrypted repository without a pass phrase (exit code 37). */
const noPassPhrase = 'requires option: repo1-cipher-pass';

function refuseCipher({ site, database }: DatabaseAt, why: string): Refusal {
  const { stanza, cipherPass } = database.backup;
  const place = cipherPass ? `the pass phrase from ${describeSecret(cipherPass)}` : 'no pass phrase in the plan';
  return {
    code: 'DR-SECRET',
    message: `stanza ${stanza} of database ${database.name} at site ${site.name} cannot be read with ${place}: ${why}`,
    next: 'Correct backup.cipherPass in the plan, or the value it points at; then start again.',
  };
}

const names = (lines: string): string[] => lines.split('\n').filter((line) => line !== '' && line !== '.');
