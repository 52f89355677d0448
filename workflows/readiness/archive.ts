/** The WAL archive: whether WAL arrives, and to which moments a database can be brought back. Pure. */
import type { Plan } from '../../plan';
import type { DatabaseReadiness, ReadinessFacts, ReadinessItem } from '../contracts/readiness';
import type { DatabaseFacts } from '../contracts/recovery';
import { count, duration, moment } from '../contracts/words';
import { area } from './items';

const archive = area('WAL archive');
const next = 'Read the log of archive-push on the server; until it is mended there is no point-in-time recovery.';
/** A segment is closed at the latest after archive_timeout, and pushed at once: one that is several of those late is stuck. */
const lateAfterTimeouts = 3;
/** Segments that may wait while the server writes much. */
const manyReady = 32;

/** Archiving and the restorable window of every database. */
export const judgeArchives = (plan: Plan, { databases }: ReadinessFacts): ReadinessItem[] =>
  databases.flatMap((one) => {
    const timeout = plan.databases.find(({ name }) => name === one.name)?.backup.archiveTimeout ?? 60_000;
    return [judgeArchiving(one, timeout), judgeWindow(one)];
  });

/**
 * What the archiver's own figures say against it; undefined: nothing.
 * @param timeoutMs archive_timeout of the plan
 * @returns `certain`: nothing arrives; else a segment that is closed now shows it
 */
export function archiverFault(
  { archive: found }: DatabaseFacts,
  timeoutMs: number,
): { says: string; certain: boolean } | undefined {
  const { mode, lastArchivedAt, lastFailedAt, failedCount, ready, oldestReadyMs = 0 } = found;
  const last =
    lastArchivedAt === undefined
      ? 'no segment was archived yet'
      : `the last segment was archived ${moment(lastArchivedAt)}`;
  if (mode === 'off') return { says: 'archive_mode is off: no WAL is archived', certain: true };
  const failedLast =
    lastFailedAt !== undefined &&
    (lastArchivedAt === undefined || Date.parse(lastFailedAt) > Date.parse(lastArchivedAt));
  const waiting = [
    ...(failedLast ? [`the last try failed, ${moment(lastFailedAt)} (${count(failedCount)} failures)`] : []),
    ...(ready > 0 ? [`${count(ready)} segments wait, the oldest for ${duration(oldestReadyMs)}`] : []),
    last,
  ].join('; ');
  if (oldestReadyMs > lateAfterTimeouts * timeoutMs) return { says: `archiving is stuck: ${waiting}`, certain: true };
  if (failedLast || ready > manyReady) return { says: waiting, certain: false };
  return undefined;
}

function judgeArchiving(
  { name: database, server, archive: checked }: DatabaseReadiness,
  timeoutMs: number,
): ReadinessItem {
  const name = `archiving of ${database}`;
  if (server.value === undefined) return archive.unknown(name, server);
  if (!server.value.answered)
    return archive.failed(name, `the server does not answer: ${server.value.problem ?? ''}`, next);
  const fault = archiverFault(server.value, timeoutMs);
  if (fault?.certain) return archive.failed(name, fault.says, next);
  const figures = fault === undefined ? '' : `; ${fault.says}`;
  if (checked?.value === undefined)
    return archive.failed(
      name,
      `a segment that was closed now did not arrive: ${checked?.problem ?? 'it was not asked'}${figures}`,
      next,
    );
  const says = `segment ${checked.value.segment}, closed now, arrived in ${duration(checked.value.durationMs)}${figures}`;
  return fault === undefined ? archive.ok(name, says) : archive.warning(name, says, next);
}

function judgeWindow({ name: database, repository }: DatabaseReadiness): ReadinessItem {
  const name = `restorable window of ${database}`;
  const { value } = repository;
  if (value === undefined) return archive.unknown(name, repository);
  const { windows, gaps, openEnded } = value;
  const backup = `./dr backup database ${database} --kind full --reason "WHY"`;
  if (windows.length === 0) return archive.failed(name, 'there is none: no good backup has its WAL behind it', backup);
  const stretches = windows.map(({ from, until }) => `${moment(from)} to ${moment(until)}`).join('; ');
  const [first] = gaps;
  if (!first) return archive.ok(name, `${stretches}, without a gap`);
  const holes = `${count(gaps.length)} ${gaps.length === 1 ? 'gap' : 'gaps'} in the WAL, the first from ${first.from} to ${first.to}`;
  return openEnded
    ? archive.warning(
        name,
        `${stretches}; ${holes}`,
        'Moments in a gap cannot be reached any more. Find out why segments are missing.',
      )
    : archive.failed(
        name,
        `${stretches}; ${holes}; no backup was taken behind the last one, so the present cannot be reached`,
        `Take one now: ${backup}`,
      );
}
