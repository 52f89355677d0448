/** Which backups can serve a target, and why the others cannot. Pure functions. */
import type { BackupFacts, RecoveryTarget, Refusal } from '../../workflows/contracts/recovery';
import type { DrCode } from '../../workflows/contracts/errors';
import { firstUsableTime } from './backups';
import { unixSeconds } from './moments';
import { isOnPath, type Stretch } from './timeline';
import { lsnBytes } from '../../workflows/contracts/wal';

export interface Judgement {
  backup: BackupFacts;
  /** Empty: it fits, as far as can be told without opening WAL. */
  reasons: { code: DrCode; text: string }[];
}

export interface Choice {
  /** Backups that fit, newest first. */
  fitting: BackupFacts[];
  refusals: Refusal[];
}

/**
 * Judges one backup. Time: it must have ended in an earlier second than the target lies in, because pgBackRest records
 * whole seconds. LSN: its end must lie strictly before the target; else recovery stops later than asked, or not at all.
 */
export function judge(
  backup: BackupFacts,
  target: RecoveryTarget,
  path: Stretch[],
  historyMissing: boolean,
): Judgement {
  const reasons: Judgement['reasons'] = [];
  const timeline = path.at(-1)?.timeline ?? 1;
  if (backup.hasErrors)
    reasons.push({ code: 'DR-BACKUP-WITH-ERRORS', text: `backup ${backup.label} recorded page checksum errors` });
  if (!isOnPath(path, backup.timeline, backup.stopLsn)) {
    if (historyMissing && backup.timeline < timeline)
      reasons.push({
        code: 'DR-HISTORY-MISSING',
        text: `backup ${backup.label} is on timeline ${backup.timeline}, the target on timeline ${timeline}, and the archive has no history file of timeline ${timeline}`,
      });
    else
      reasons.push({
        code: 'DR-WRONG-TIMELINE',
        text: `backup ${backup.label} (timeline ${backup.timeline}, ended at LSN ${backup.stopLsn}) is not an ancestor of timeline ${timeline} of the target`,
      });
  }
  if (target.kind === 'time' && unixSeconds(target.time) <= unixSeconds(backup.stoppedAt))
    reasons.push({
      code: 'DR-TARGET-INSIDE-BACKUP',
      text: `backup ${backup.label} ended at ${backup.stoppedAt}; its first usable target is ${firstUsableTime(backup)}`,
    });
  if (target.kind === 'lsn' && lsnBytes(target.lsn) <= lsnBytes(backup.stopLsn))
    reasons.push({
      code: 'DR-TARGET-INSIDE-BACKUP',
      text: `backup ${backup.label} ended at LSN ${backup.stopLsn}; its first usable target lies behind that`,
    });
  return { backup, reasons };
}

/** @param wanted label of the backup the operator asked for; default: any */
export function chooseBackups(
  backups: BackupFacts[],
  target: RecoveryTarget,
  path: Stretch[],
  historyMissing: boolean,
  wanted?: string,
): Choice {
  if (backups.length === 0)
    return {
      fitting: [],
      refusals: [{ code: 'DR-NO-BACKUP', message: 'the repository holds no backup', next: 'Take a full backup.' }],
    };
  const judged = backups.map((one) => judge(one, target, path, historyMissing));
  const fitting = judged.filter((one) => one.reasons.length === 0).map((one) => one.backup);
  if (wanted === undefined) return { fitting, refusals: fitting.length > 0 ? [] : refusals(judged) };
  const others = fitting.filter((one) => one.label !== wanted).map((one) => one.label);
  const asked = judged.find((one) => one.backup.label === wanted);
  if (!asked)
    return {
      fitting: [],
      refusals: [
        {
          code: 'DR-NO-BACKUP',
          message: `backup ${wanted} is not in the repository; it holds ${backups.map((one) => one.label).join(', ')}`,
          next: offer(others),
        },
      ],
    };
  if (asked.reasons.length === 0) return { fitting: [asked.backup], refusals: [] };
  return {
    fitting: [],
    refusals: asked.reasons.map(({ code, text }) => ({ code, message: text, next: offer(others) })),
  };
}

/** One refusal for each kind of reason; a kind that hits many backups names the one nearest to fitting. */
function refusals(judged: Judgement[]): Refusal[] {
  const result: Refusal[] = [];
  const add = (code: DrCode, of: Judgement[], next: string): void => {
    const text = of.at(-1)?.reasons.find((one) => one.code === code)?.text;
    if (text === undefined) return;
    const more = of.length > 1 ? ` (and ${of.length - 1} other backup${of.length > 2 ? 's' : ''} likewise)` : '';
    result.push({ code, message: text + more, next });
  };
  const only = (code: DrCode): Judgement[] =>
    judged.filter((one) => one.reasons.some((reason) => reason.code === code));
  // what is on another timeline or damaged would not help even if it were older
  const inside = only('DR-TARGET-INSIDE-BACKUP').filter((one) => one.reasons.length === 1);
  add('DR-TARGET-INSIDE-BACKUP', inside, 'Choose the first usable target that is named, or a later one.');
  add('DR-BACKUP-WITH-ERRORS', only('DR-BACKUP-WITH-ERRORS'), 'Choose a later target, or a backup without errors.');
  add(
    'DR-HISTORY-MISSING',
    only('DR-HISTORY-MISSING'),
    'Push the history file from pg_wal of the server that made the timeline.',
  );
  add('DR-WRONG-TIMELINE', only('DR-WRONG-TIMELINE'), 'Name the timeline of the target, or choose a backup on it.');
  return result;
}

function offer(labels: string[]): string {
  return labels.length > 0 ? `Backups that fit: ${labels.join(', ')}.` : 'No other backup fits; choose another target.';
}
