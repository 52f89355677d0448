import { drFailure } from '../../../workflows/contracts/errors';
import { agedInfo } from './backup-info';
import { asideOf, inRepository, type Fault } from './fault';

/** By how much the newest backup is older than the plan allows, milliseconds. */
const beyondMs = 3_600_000;

const quiet = '--log-level-console=off --log-level-stderr=error --log-level-file=off';

// $1 stanza. The repository may be encrypted: pgBackRest itself reads and writes the file.
const read = `pgbackrest ${quiet} --stanza="$1" repo-get "backup/$1/backup.info"`;

// $1 repository, $2 stanza, $3 folder aside; the new text comes on standard input. The file as it is, is kept first.
const write = `mkdir -p "$3"
[ -f "$3/sound" ] || { cp -p "$1/backup/$2/backup.info" "$3/part" && mv "$3/part" "$3/sound"; }
pgbackrest ${quiet} --stanza="$2" repo-put "backup/$2/backup.info"`;

// $1 folder aside. Answers whether a sound one is kept there.
const known = `[ ! -f "$1/sound" ] || echo kept`;

// $1 repository, $2 stanza, $3 folder aside.
const putBack = `[ -d "$3" ] || exit 0
[ ! -f "$3/sound" ] || mv -f "$3/sound" "$1/backup/$2/backup.info"
rm -r "$3"`;

/** No backup was made for longer than the plan allows: those of the copy are dated back. */
export const staleBackup: Fault = {
  async plant(at, signal) {
    const { repositoryPath, stanza, maxAge } = at.database.backup;
    const aside = asideOf(at, 'stale-backup');
    const says = `the backups of ${at.database.name} dated back by more than the ${Math.round(maxAge / 3_600_000)} h that the plan allows`;
    const planted = { says, names: at.database.name };
    // A second try: dating them back twice would be another fault.
    if ((await inRepository(at, known, [aside], signal)) !== '')
      await inRepository(at, putBack, [repositoryPath, stanza, aside], signal);
    const aged = agedInfo(await inRepository(at, read, [stanza], signal), Math.ceil((maxAge + beyondMs) / 1000));
    if (aged === undefined)
      throw drFailure('DR-DRILL', `backup.info of stanza ${stanza} is not as this pgBackRest is known to write it`);
    await inRepository(at, write, [repositoryPath, stanza, aside], signal, aged);
    return planted;
  },
  async lift(at, signal) {
    const { repositoryPath, stanza } = at.database.backup;
    await inRepository(at, putBack, [repositoryPath, stanza, asideOf(at, 'stale-backup')], signal);
  },
};
