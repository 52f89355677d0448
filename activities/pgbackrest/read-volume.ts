import { drFailure } from '../../workflows/contracts/errors';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { copyNames, runLabels } from '../shared/copy-names';
import { runOneShot } from '../shared/one-shot';
import { mark } from './scripts';

/** What lies in a volume that a restore is to be made into. */
export interface VolumeContent {
  empty: boolean;
  files: number;
  /** global/pg_control is there: the restore was finished. */
  controlFile: boolean;
  /** recovery.signal or standby.signal is there: it was not promoted since. */
  signalFile: boolean;
  /** Where the backup began, from backup_label (renamed to .old when recovery began). */
  startLsn: string | undefined;
  autoConf: string;
}

// $1 data directory. -n1: one entry is enough to know that it is not empty.
const script = `cd "$1" || exit 9
ls -A | head -n 1
echo '${mark}'
[ -f global/pg_control ] && echo control
if [ -f recovery.signal ] || [ -f standby.signal ]; then echo signal; fi
sed -n 's/^START WAL LOCATION: \\([^ ]*\\).*/start \\1/p' backup_label.old backup_label 2>/dev/null | tail -n 1
echo "files $(find . -type f | wc -l)"
echo '${mark}'
cat postgresql.auto.conf 2>/dev/null
exit 0`;

/** Looks into a volume, read-only, from a container without network. */
export async function readVolume(
  at: DatabaseAt & { key: string; image: string },
  volume: string,
  signal: AbortSignal,
): Promise<VolumeContent> {
  const result = await runOneShot(at.site, {
    name: copyNames(at.site, at.key).restore,
    image: at.image,
    command: ['sh', '-c', script, 'sh', at.database.dataDirectory],
    user: 'postgres',
    binds: [`${volume}:${at.database.dataDirectory}:ro`],
    labels: runLabels(at.site, 'restore'),
    signal,
  });
  if (result.exitCode !== 0)
    throw drFailure('DR-TOOL', `volume ${volume} could not be read: ${result.stderr.trim().slice(-300)}`);
  const [first = '', facts = '', autoConf = ''] = result.stdout.split(`${mark}\n`);
  return {
    empty: first.trim() === '',
    files: Number(/^files (\d+)/m.exec(facts)?.[1] ?? 0),
    controlFile: /^control$/m.test(facts),
    signalFile: /^signal$/m.test(facts),
    startLsn: /^start (\S+)$/m.exec(facts)?.[1],
    autoConf,
  };
}
