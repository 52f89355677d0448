import { asideOf, inRepository, type Fault } from './fault';

// $1 repository, $2 stanza, $3 folder aside. The largest file of a database in the newest backup, changed in its middle; the
// sound one is kept first.
const tear = `root=$1/backup/$2
mkdir -p "$3"
if [ ! -f "$3/from" ]; then
  label=$(ls -1 "$root" | grep -E '^[0-9]{8}-[0-9]{6}F' | sort | tail -n 1)
  file=$(find "$root/$label" -type f -path '*/pg_data/base/*' -printf '%s %p\n' | sort -rn | head -n 1 | cut -d' ' -f2)
  [ -n "$file" ] || { echo "the newest backup below $root has no file of a database of its own" >&2; exit 3; }
  cp -p "$file" "$3/sound"
  printf '%s' "$file" >"$3/from"
fi
file=$(cat "$3/from")
if cmp -s "$file" "$3/sound"; then
  size=$(stat -c %s "$file")
  printf '\\125\\252\\125\\252\\125\\252' | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
fi
printf '%s' "$file"`;

// $1 folder aside.
const putBack = `[ -f "$1/from" ] || exit 0
[ ! -f "$1/sound" ] || mv -f "$1/sound" "$(cat "$1/from")"
rm -r "$1"`;

/** A file of the copy's newest backup has rotted: nothing looks at it until it is restored. */
export const corruptBackup: Fault = {
  async plant(at, signal) {
    const { repositoryPath, stanza } = at.database.backup;
    const path = await inRepository(at, tear, [repositoryPath, stanza, asideOf(at, 'corrupt-backup')], signal);
    const names = path.replace(/^.*\/pg_data\//, '').replace(/\.(?:zst|gz|lz4|bz2)$/, '');
    return { says: `bytes changed in ${names} of the newest backup`, names };
  },
  lift: async (at, signal) => void (await inRepository(at, putBack, [asideOf(at, 'corrupt-backup')], signal)),
};
