import { labels } from '../shared/containers';
import { copyNames, runLabels } from '../shared/copy-names';
import { createCopyVolume, keyedOptions } from '../shared/copy-volume';
import { onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { runOneShot } from '../shared/one-shot';
import { inspectVolume } from '../shared/ownership';
import { drFailure } from '../../workflows/contracts/errors';
import type { BackupFacts, DatabaseAt, RecoveryTarget, RestoredCopy } from '../../workflows/contracts/recovery';
import { describeTarget } from '../../workflows/contracts/pitr';
import { readVolume, type VolumeContent } from './read-volume';
import { releaseVolume, removeEarlierCopy } from './release-volume';
import { differingSettings, restoreOptions, type RecoverySettings } from './recovery-settings';
import { classifyRestore, parseFileTotal, parseShare } from './restore-log';
import { mark } from './scripts';
import { cipherEnv } from './toolbox-spec';

export interface RestoreCopy extends DatabaseAt {
  /** Last 8 hex digits of the run's first execution id: see `copyNames`. */
  key: string;
  /** Image of the database server, the one the data was written with. */
  image: string;
  backup: BackupFacts;
  target: RecoveryTarget;
  /** Timeline of the target. */
  timeline: number;
}

// $1 data directory, the rest: arguments of pgbackrest. A stale postmaster.pid (a copy of an earlier target that was
// killed) makes pgBackRest refuse; the caller has made sure that nothing runs on the volume. pgBackRest does not always
// name the file of the backup it could not read, but it leaves that file shorter than the manifest says.
const script = `data=$1
shift
rm -f "$data/postmaster.pid"
pgbackrest --process-max="$(nproc)" "$@" restore || {
  rc=$?
  echo '${mark}'
  cd "$data" && [ -f backup.manifest ] && find . -type f -printf '%P %s\\n' | awk '
    NR == FNR { if (match($0, /^pg_data\\/[^=]*=/)) { name = substr($0, 9, RLENGTH - 9); if (match($0, /"size":[0-9]+/)) size[name] = substr($0, RSTART + 7, RLENGTH - 7) }; next }
    ($1 in size) && size[$1] != $2 { print $1 }' backup.manifest - | head -n 8
  exit $rc
}
echo '${mark}'
cat "$data/postgresql.auto.conf"`;

/**
 * Restores a backup into a volume of its own, set to pause at the target, archiving off, no network, the repository
 * read-only. A volume of an earlier try of this run is completed (`--delta`); one that already holds this very restore
 * is returned as it is.
 * @throws DR-VOLUME-NOT-EMPTY, DR-BACKUP-CORRUPT naming the file, DR-DISK-TOO-SMALL, DR-COPY-NOT-ISOLATED, DR-TOOL
 */
export async function restoreCopy(at: RestoreCopy): Promise<RestoredCopy> {
  return withHeartbeat(`restoring backup ${at.backup.label}`, async (beat, signal) => {
    const began = Date.now();
    const { volume, restore } = copyNames(at.site, at.key);
    const settings: RecoverySettings = {
      target: at.target,
      backupTimeline: at.backup.timeline,
      timeline: at.timeline,
    };
    const done = (content: { files: number; reused: boolean }): RestoredCopy => ({
      volume,
      backup: at.backup.label,
      bytes: at.backup.databaseBytes,
      ...content,
      durationMs: Date.now() - began,
    });

    const earlier = await ownVolume(at, volume, signal);
    if (earlier && isThisRestore(earlier, at.backup, settings)) return done({ files: earlier.files, reused: true });
    if (earlier) await removeEarlierCopy(at, volume);

    let log = '';
    let share = 0;
    let beatAt = 0;
    const total = at.backup.databaseBytes;
    const progress = (text: string): void => {
      log = (log + text).slice(-200_000);
      for (const line of text.split('\n')) share = Math.max(share, parseShare(line) ?? 0);
      if (Date.now() - beatAt < 500) return;
      beatAt = Date.now();
      const elapsed = beatAt - began;
      const leftMs =
        share > 0 ? Math.round((elapsed / share) * (1 - share)) : Math.round((total / at.database.rates.copy) * 1000);
      beat({
        what: 'restore',
        doneBytes: Math.round(total * share),
        totalBytes: total,
        leftMs,
        text: `restoring backup ${at.backup.label}: ${(share * 100).toFixed(0)} % of ${Math.ceil(total / 1e6)} MB`,
      });
    };
    const { database } = at;
    const result = await runOneShot(at.site, {
      name: restore,
      image: at.image,
      command: [
        'sh',
        '-c',
        script,
        'sh',
        database.dataDirectory,
        `--stanza=${database.backup.stanza}`,
        `--pg1-path=${database.dataDirectory}`,
        `--set=${at.backup.label}`,
        ...restoreOptions(settings),
        '--archive-mode=off',
        '--log-level-console=detail',
        '--log-level-file=off',
        ...(earlier && !earlier.empty ? ['--delta'] : []),
      ],
      user: 'postgres',
      // default 2: the second retry of a file waits 15 s, and a corrupt file does not mend
      env: [...(await cipherEnv(at)), 'PGBACKREST_JOB_RETRY=1'],
      binds: [
        `${volume}:${database.dataDirectory}`,
        `${database.backup.repositoryVolume}:${database.backup.repositoryPath}:ro`,
      ],
      labels: runLabels(at.site, 'restore'),
      signal,
      onOutput: progress,
    });
    if (result.exitCode !== 0) {
      const [said = '', unfinished = ''] = result.stdout.split(`${mark}\n`);
      const files = unfinished.split('\n').filter(Boolean);
      const { code, sentence } = classifyRestore(result.exitCode, `${said}\n${result.stderr}`, files);
      throw drFailure(code, `backup ${at.backup.label} could not be restored into volume ${volume}: ${sentence}`);
    }
    const [, autoConf = ''] = result.stdout.split(`${mark}\n`);
    const wrong = differingSettings(settings, autoConf);
    if (wrong.length > 0)
      throw drFailure(
        'DR-COPY-NOT-ISOLATED',
        `the copy in volume ${volume}, restored to ${describeTarget(at.target)}, has other settings than asked for: ${wrong.join('; ')}`,
      );
    return done({ files: parseFileTotal(log), reused: false });
  });
}

/** Makes the volume, or proves that an existing one is of this run. @returns what an earlier try left in it */
async function ownVolume(at: RestoreCopy, volume: string, signal: AbortSignal): Promise<VolumeContent | undefined> {
  const ours = runLabels(at.site, 'copy');
  const existing = await inspectVolume(at.site, volume);
  if (existing) {
    const isOurs = [labels.run, labels.platform, labels.role].every((label) => existing.labels[label] === ours[label]);
    if (isOurs) await releaseVolume(at, volume);
    const content = await readVolume(at, volume, signal);
    if (isOurs) return content;
    if (!content.empty)
      throw drFailure(
        'DR-VOLUME-NOT-EMPTY',
        `volume ${volume} at site ${at.site.name} holds data and carries ${labels.run}=${JSON.stringify(existing.labels[labels.run] ?? null)}, not this run ${JSON.stringify(ours[labels.run])}`,
      );
    // empty and without our labels: made anew, so that it can be told apart later
    await onEngine(at.site, `removing the empty volume ${volume}`, (engine) => engine.getVolume(volume).remove());
  }
  await demandEmptyDevice(at, signal);
  await createCopyVolume(at, volume, 'copy');
  return undefined;
}

/**
 * A volume that lies on a device of the plan is made, not emptied: what is there already would be overwritten. Asked through
 * the volume by which the free disk is measured, before one exists that would carry the labels of this run's copy.
 */
async function demandEmptyDevice(at: RestoreCopy, signal: AbortSignal): Promise<void> {
  const { copyVolume } = at.database;
  if (!copyVolume?.options['device'] || copyVolume.options['type'] === 'tmpfs') return;
  const { room } = copyNames(at.site, at.key);
  await createCopyVolume(at, room, 'toolbox');
  const content = await readVolume(at, room, signal);
  if (content.empty) return;
  throw drFailure(
    'DR-VOLUME-NOT-EMPTY',
    `the device of copyVolume in the plan, ${keyedOptions(copyVolume.options, at.key)['device'] ?? ''} at site ${at.site.name}, holds data that is not of this run`,
  );
}

/** Whether a volume holds the finished restore of this backup to this target. pg_control is what pgBackRest writes last. */
function isThisRestore(content: VolumeContent, backup: BackupFacts, settings: RecoverySettings): boolean {
  return (
    content.controlFile &&
    content.signalFile &&
    content.startLsn === backup.startLsn &&
    differingSettings(settings, content.autoConf).length === 0
  );
}
