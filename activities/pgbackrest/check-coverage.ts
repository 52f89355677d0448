import { withHeartbeat } from '../shared/heartbeat';
import { isoTime } from '../../workflows/contracts/pitr';
import type { BackupFacts, Coverage, DatabaseAt, RecoveryTarget, Refusal } from '../../workflows/contracts/recovery';
import { nameAt, newestTimeline, reachFrom, tailGap, type Reach } from './archive';
import { chooseBackups } from './choose-backup';
import { refuseBeyond, refuseFuture, refuseGap, refuseNoControlFile, refuseUnreadable } from './explain';
import { locateLsn } from './locate-lsn';
import { locateMark, tailRun } from './locate-mark';
import { locateTime, type Located } from './locate-time';
import { isoMicros, utcMicros } from './moments';
import { toolboxProbe } from './probe';
import type { Probe, ProbeRun } from './probe-answer';
import { readRepository, type Repository } from './read-repository';
import { parseHistory, type Stretch } from './timeline';
import { formatLsn, lsnBytes, parseSegment, segmentName, segmentOf } from '../../workflows/contracts/wal';

export interface CheckCoverage extends DatabaseAt {
  /** Container of `openToolbox`. */
  toolbox: string;
  target: RecoveryTarget;
  /** Label of the backup to start from; default: the newest that fits. */
  backup?: string;
  /** Timeline of the target; default: the one the database is on, or the newest of the repository when nobody knows it. */
  timeline?: number;
  /** The damaged server, as far as it answers: WAL it has not archived yet can still be secured. */
  primary: { answered: boolean; now: string; lsn: string; timeline: number };
}

/**
 * Whether the archive reaches a target, from which backup, and how much WAL that is; names every reason at once when it
 * does not. Opens a few WAL segments and no data directory. pgBackRest's own `verify`, `check` and `info` are silent about
 * a segment missing in the middle, so the listing itself is read.
 * @throws DR-NO-BACKUP when the stanza is not there, DR-TOOL
 */
export async function checkCoverage(at: CheckCoverage): Promise<Coverage> {
  return withHeartbeat('checking how far the archive reaches', async (_beat, signal) => {
    const timeline = at.timeline ?? (at.primary.timeline || (await newestKnown(at, signal)));
    const repository = await readRepository(at, at.toolbox, { timeline, signal });
    if (!repository.controlFile)
      return { ...nothing(timeline), refusals: [refuseNoControlFile(at.database.dataDirectory)] };
    const path = parseHistory(timeline, repository.history ?? '');
    const historyMissing = timeline > 1 && repository.history === undefined;
    const { fitting, refusals } = chooseBackups(repository.info.backups, at.target, path, historyMissing, at.backup);
    const aheadMs = aheadOf(at);
    const refuseAhead = (last?: Coverage['lastReachable']): Refusal[] =>
      aheadMs > 0 ? [refuseFuture(at.target, at.primary.now, aheadMs, last)] : [];

    const search = new Search(at, repository, path, toolboxProbe(at, repository.archive, signal));
    // Without a backup that fits, the numbers an operator needs next still come from the newest one on this path.
    const base =
      fitting[0] ?? chooseBackups(repository.info.backups, { kind: 'latest' }, path, historyMissing).fitting[0];
    if (!base) return { ...nothing(timeline), refusals: [...refusals, ...refuseAhead()] };
    if (fitting.length === 0 || aheadMs > 0) {
      const answer = search.answer(base, await search.look(base, { kind: 'latest' }));
      const all = [...refusals, ...refuseAhead(answer.lastReachable)];
      return { ...answer, reachable: false, needsTail: false, refusals: all };
    }
    return search.choose(fitting, refusals);
  });
}

/** A dead server whose control file cannot be read names no timeline: then the newest that was ever archived. */
async function newestKnown(at: CheckCoverage, signal: AbortSignal): Promise<number> {
  const { archive, info } = await readRepository(at, at.toolbox, { signal });
  return newestTimeline(archive, info.backups);
}

interface Seen {
  reach: Reach;
  located: Located;
}

/** One check: looks at backups from the newest on until one is shown to reach the target. */
class Search {
  private readonly known = new Map<string, ProbeRun>();
  /** Segments that are listed but cannot be read, with the reason. */
  private readonly unreadable = new Map<string, string>();
  private opened = 0;

  constructor(
    private readonly at: CheckCoverage,
    private readonly repository: Repository,
    private readonly path: Stretch[],
    private readonly probe: Probe,
  ) {}

  async choose(fitting: BackupFacts[], refusals: Refusal[]): Promise<Coverage> {
    const { target } = this.at;
    let gapped: { backup: BackupFacts; seen: Seen } | undefined;
    let first: { backup: BackupFacts; seen: Seen } | undefined;
    for (const backup of fitting) {
      const seen = await this.look(backup, target);
      first ??= { backup, seen };
      if (seen.reach.gaps.length > 0) gapped ??= { backup, seen };
      const { stopLsn } = seen.located;
      const inside = stopLsn !== undefined && lsnBytes(stopLsn) <= lsnBytes(backup.stopLsn);
      if (!this.whole(backup, seen.reach)) {
        if (backup === fitting.at(-1)) break;
        continue;
      }
      if (target.kind === 'latest' && seen.reach.gaps.length === 0)
        return { ...this.answer(backup, seen), reachable: true, needsTail: this.hasTail(seen.reach), refusals };
      if (stopLsn !== undefined && !inside)
        return { ...this.answer(backup, seen), reachable: true, needsTail: false, refusals };
      // An older backup ends at the same place; it helps only when this one begins too late.
      if (!inside && target.kind !== 'xid' && target.kind !== 'name') break;
      // what is not yet archived is quicker to look through than the WAL of a day ago, and more often what is meant
      const tail = backup === fitting[0] ? await this.tail(backup, seen) : undefined;
      if (tail) return { ...this.answer(backup, seen), ...tail, reachable: true, needsTail: true, refusals };
    }
    if (!first) return { ...nothing(this.path.at(-1)?.timeline ?? 1), refusals };
    const { backup, seen } = first;
    const answer = this.answer(backup, seen);
    const isMark = target.kind === 'xid' || target.kind === 'name';
    const tail = isMark ? undefined : await this.tail(backup, seen);
    if (tail) return { ...answer, ...tail, reachable: true, needsTail: true, refusals };
    const reasons = [this.refuse(backup, seen, answer)];
    // A mark that no backup reaches may well lie behind the hole that an older one runs into.
    if (gapped && gapped.backup !== backup)
      reasons.push(this.refuse(gapped.backup, gapped.seen, this.answer(gapped.backup, gapped.seen)));
    return { ...answer, reachable: false, needsTail: false, refusals: [...refusals, ...reasons] };
  }

  /**
   * Opens the WAL behind one backup. A segment that is listed but cannot be read counts as missing from then on, so the
   * search is done again on what is left.
   */
  async look(backup: BackupFacts, target: RecoveryTarget): Promise<Seen> {
    const { segmentBytes, archive, waiting } = this.repository;
    const start = parseSegment(backup.archiveStart, segmentBytes)?.number ?? 0;
    for (;;) {
      const reach = this.withTailGap(reachFrom(archive, this.path, start, segmentBytes, waiting));
      const located = await this.locate(backup, target, reach.usable);
      this.opened += located.opened;
      if (located.unreadable.length === 0) return { reach, located };
      for (const one of located.unreadable) {
        archive.segments.delete(one.segment);
        this.unreadable.set(one.segment, one.message);
      }
      this.known.clear();
    }
  }

  private locate(backup: BackupFacts, target: RecoveryTarget, usable: Reach['usable']): Promise<Located> {
    const { segmentBytes } = this.repository;
    switch (target.kind) {
      case 'latest':
        return locateTime(usable, undefined, this.probe, segmentBytes);
      case 'time':
        return locateTime(usable, utcMicros(target.time), this.probe, segmentBytes);
      case 'lsn':
        return locateLsn(usable, target.lsn, this.probe, segmentBytes);
      case 'xid':
      case 'name': {
        const what = target.kind === 'xid' ? target.xid : target.name;
        const question = { kind: target.kind, what, afterLsn: backup.stopLsn };
        return locateMark(usable, question, this.probe, segmentBytes, this.known);
      }
    }
  }

  /** The numbers of an answer, without the verdict. */
  answer(backup: BackupFacts, seen: Seen): Omit<Coverage, 'reachable' | 'needsTail' | 'refusals'> {
    const { segmentBytes } = this.repository;
    const { usable, gaps } = seen.reach;
    const { stopLsn, transaction, last } = seen.located;
    const top = usable.at(-1);
    const end = stopLsn ?? (top ? formatLsn((top.number + 1) * segmentBytes) : backup.stopLsn);
    const stop = stopLsn ? usable.find((one) => one.number === segmentOf(stopLsn, segmentBytes)) : top;
    const { target } = this.at;
    const excluded = target.kind === 'time' || (target.kind === 'xid' && target.stop === 'before');
    return {
      backup,
      timeline: this.path.at(-1)?.timeline ?? 1,
      firstSegment: backup.archiveStart,
      ...(stop ? { stopSegment: segmentName(stop, segmentBytes) } : {}),
      walBytes: Math.max(0, lsnBytes(end) - lsnBytes(backup.startLsn)),
      gaps,
      ...(top
        ? {
            lastReachable: last
              ? { at: isoMicros(last.at), lsn: last.lsn, segment: this.nameOf(last.lsn, seen.reach) }
              : { segment: segmentName(top, segmentBytes) },
          }
        : {}),
      ...(transaction && excluded
        ? { firstExcluded: { xid: transaction.xid, at: isoMicros(transaction.at), lsn: transaction.lsn } }
        : {}),
      segmentsOpened: this.opened,
    };
  }

  /** Whether every segment that the backup itself needs is there. */
  private whole(backup: BackupFacts, reach: Reach): boolean {
    const stop = parseSegment(backup.archiveStop, this.repository.segmentBytes)?.number ?? Infinity;
    return (reach.usable.at(-1)?.number ?? -1) >= stop;
  }

  /** A hole between the archive and what the primary writes now is a gap like any other: archiving will not close it. */
  private withTailGap(reach: Reach): Reach {
    const top = reach.usable.at(-1);
    if (!top || !this.hasTail(reach)) return reach;
    const { segmentBytes, onServer } = this.repository;
    const gap = tailGap(top, segmentOf(this.at.primary.lsn, segmentBytes), onServer, segmentBytes);
    return gap ? { ...reach, gaps: [gap] } : reach;
  }

  /** The running primary holds WAL of this timeline that is not in the archive yet. */
  private hasTail(reach: Reach): boolean {
    const { primary } = this.at;
    return (
      primary.answered &&
      primary.timeline === this.path.at(-1)?.timeline &&
      reach.gaps.length === 0 &&
      segmentOf(primary.lsn, this.repository.segmentBytes) > (reach.usable.at(-1)?.number ?? Infinity)
    );
  }

  /** What changes in the answer when the target lies in that WAL; undefined when it does not. */
  private async tail(backup: BackupFacts, seen: Seen): Promise<Partial<Coverage> | undefined> {
    const { target, primary } = this.at;
    const { segmentBytes } = this.repository;
    const { reach, located } = seen;
    const top = reach.usable.at(-1);
    if (!top || !this.hasTail(reach) || located.stopLsn) return undefined;
    const numbers = (lsn: string, more: Partial<Coverage> = {}): Partial<Coverage> => ({
      stopSegment: segmentName({ timeline: primary.timeline, number: segmentOf(lsn, segmentBytes) }, segmentBytes),
      walBytes: lsnBytes(lsn) - lsnBytes(backup.startLsn),
      ...more,
    });
    if (target.kind === 'time' || target.kind === 'latest') return numbers(primary.lsn);
    if (target.kind === 'lsn') return lsnBytes(target.lsn) <= lsnBytes(primary.lsn) ? numbers(target.lsn) : undefined;
    // The server's own pg_wal is at hand, read-only: what it holds can be looked up before it is archived.
    const number = segmentOf(primary.lsn, segmentBytes);
    const run = tailRun(primary.timeline, Math.max(top.number + 1, number - 255), number, segmentBytes);
    const what = target.kind === 'xid' ? target.xid : target.name;
    const [answer] = await this.probe({ kind: target.kind, what }, [run]);
    this.opened += run.length;
    const lsn = answer?.found?.lsn ?? answer?.restorePoints[0];
    if (!answer || !lsn) return undefined;
    const { found } = answer;
    const excluded = found && target.kind === 'xid' && target.stop === 'before';
    return numbers(lsn, {
      segmentsOpened: this.opened,
      ...(excluded ? { firstExcluded: { xid: found.xid, at: isoMicros(found.at), lsn } } : {}),
    });
  }

  private refuse(backup: BackupFacts, seen: Seen, answer: Pick<Coverage, 'lastReachable'>): Refusal {
    const { target, primary } = this.at;
    const { segmentBytes, info } = this.repository;
    const { located, reach } = seen;
    const last = answer.lastReachable;
    const [gap] = reach.gaps;
    const bad = [...this.unreadable].find(([segment]) => segment === nextAfter(reach, backup, segmentBytes, this.path));
    if (bad) return refuseUnreadable(bad[0], bad[1], last);
    const behind = gap ? (parseSegment(gap.to, segmentBytes)?.number ?? 0) : 0;
    if (gap) {
      const later = info.backups.filter((one) => (parseSegment(one.archiveStart, segmentBytes)?.number ?? 0) > behind);
      return refuseGap(
        target,
        gap,
        last,
        later.map((one) => one.label),
      );
    }
    if (!this.whole(backup, reach))
      return refuseGap(target, { from: backup.archiveStart, to: backup.archiveStop }, last, []);
    if (located.stopLsn)
      return {
        code: 'DR-TARGET-INSIDE-BACKUP',
        message: `the target lies at LSN ${located.stopLsn}, before backup ${backup.label} ended at ${backup.stopLsn}, and no older backup fits`,
        next: 'Choose a later target.',
      };
    if (target.kind === 'xid' || target.kind === 'name')
      return refuseBeyond(
        target,
        last,
        target.kind === 'xid'
          ? `transaction ${target.xid} neither committed nor aborted in the WAL behind any usable backup`
          : `no restore point of that name lies in the WAL behind any usable backup`,
      );
    if (!primary.answered)
      return refuseBeyond(
        target,
        last,
        'the primary does not answer, so WAL it has not archived lies only in its volume',
      );
    if (target.kind === 'lsn' && lsnBytes(target.lsn) > lsnBytes(primary.lsn))
      return refuseBeyond(target, last, `the primary itself has only written up to LSN ${primary.lsn}`);
    return refuseBeyond(target, last, `the primary is on timeline ${primary.timeline} and adds nothing to this one`);
  }

  private nameOf(lsn: string, reach: Reach): string {
    const { segmentBytes } = this.repository;
    const number = segmentOf(lsn, segmentBytes);
    const segment = reach.usable.find((one) => one.number === number);
    return segment ? segmentName(segment, segmentBytes) : '';
  }
}

/** The segment recovery would ask for after the last usable one. */
function nextAfter(reach: Reach, backup: BackupFacts, segmentBytes: number, path: Stretch[]): string {
  const top = reach.usable.at(-1);
  return top ? nameAt(path, top.number + 1, segmentBytes) : backup.archiveStart;
}

/** Milliseconds by which a moment lies ahead of the primary's clock; 0: it does not, or nobody can say. */
function aheadOf(at: CheckCoverage): number {
  if (at.target.kind !== 'time' || !at.primary.answered) return 0;
  return Math.max(0, Date.parse(isoTime(at.target.time)) - Date.parse(at.primary.now));
}

function nothing(timeline: number): Omit<Coverage, 'refusals'> {
  return { reachable: false, needsTail: false, timeline, walBytes: 0, gaps: [], segmentsOpened: 0 };
}
