/**
 * Fixed shell texts that bundle several programs into one `docker exec`: each exec costs about 60 ms, the programs
 * 10 to 40. No data is ever part of the text; it arrives as positional arguments or in the environment.
 */

/** Separates the parts of an answer. */
export const mark = '=== dr part ===';

/** Sets `control`: a directory with the control file that pgBackRest wants to see; the data directory, or the borrowed one. */
const whichControl = `control=$2
[ -r "$2/global/pg_control" ] || control=/tmp/control`;

/** $1 stanza, $2 data directory, $3 history file or ''. Answers: info, listing, history, segments that
 * wait for the archiver, segments in pg_wal that are not marked as archived, exit codes and size of a segment. What waits
 * is listed before the archive is, and again after: one that is archived meanwhile is then in one of the lists. A segment
 * without `.done` waits too: its mark is made a moment after it is closed. `.` says that pg_wal could be read. */
export const listScript = `export LC_ALL=C TZ=UTC
${whichControl}
cd "$2" 2>/dev/null || cd /
waiting() { ls pg_wal/archive_status 2>/dev/null | sed -n 's/\\.ready$//p'; }
closed() {
  [ ! -d pg_wal ] || echo .
  ls pg_wal 2>/dev/null | grep -E '^[0-9A-F]{24}$' | while read -r one; do [ -f "pg_wal/archive_status/$one.done" ] || echo "$one"; done
}
work=$(mktemp -d) || exit 9
trap 'rm -rf "$work"' EXIT
waiting >"$work/waiting"; closed >"$work/closed"
quiet="--log-level-console=error --log-level-stderr=off --log-level-file=off"
pgbackrest $quiet --stanza="$1" info --output=json >"$work/info" 2>&1 & info=$!
pgbackrest $quiet --stanza="$1" repo-ls "archive/$1" --recurse --output=json >"$work/list" 2>&1 & list=$!
[ -z "$3" ] || pgbackrest $quiet --stanza="$1" --pg1-path="$control" --no-archive-async archive-get "$3" "$work/history" >/dev/null 2>&1
bytes=$(pg_controldata -D "$control" 2>/dev/null | sed -n 's/^Bytes per WAL segment: *//p')
wait $info; a=$?
wait $list; b=$?
cat "$work/info"; echo; echo '${mark}'; cat "$work/list"; echo; echo '${mark}'
[ ! -f "$work/history" ] || cat "$work/history"
echo; echo '${mark}'; cat "$work/waiting"; waiting
echo '${mark}'; cat "$work/closed"; closed
echo '${mark}'; echo "$a $b \${bytes:-0}"`;

// One line per megabyte of WAL is enough to attribute what was found to a segment of any size (they are 1 MB to 1 GB).
// mawk knows no {n}; 300 characters hold every timestamp, while a COMMIT that drops many files can have a megabyte.
const filter = `function flush() { if (last != "") print "L " last; if (next_ != "") print "N " next_; last = ""; next_ = "" }
{ match($0, /lsn: [0-9A-F]+\\/[0-9A-F]+/); l = substr($0, RSTART + 5, RLENGTH - 5); b = substr(l, 1, length(l) - 5) }
b != block { flush(); block = b }
/ desc: (COMMIT|ABORT)/ {
  if (match($0, /[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9:]+\\.[0-9]+ UTC/)) {
    t = substr($0, RSTART, RLENGTH - 4); last = substr($0, 1, 300)
    if (KIND == "time" && !found && (t "") > (WHAT "")) { print "X " last; found = 1 }
    if (KIND == "xid") {
      match($0, /tx: *[0-9]+/); x = substr($0, RSTART + 3, RLENGTH - 3); gsub(/ /, "", x)
      if (x == WHAT || index($0, "_PREPARED " WHAT ":")) print "C " last
    }
  }
}
KIND == "xid" && (/ nextXid [0-9]+/ || / desc: CHECKPOINT_/) { next_ = substr($0, 1, 300) }
KIND == "name" && / desc: RESTORE_POINT / {
  name = $0; sub(/^.* desc: RESTORE_POINT /, "", name); sub(/ *$/, "", name)
  if (name == WHAT) print "R " substr($0, 1, 300)
}
END { flush() }`;

/**
 * $1 stanza, $2 data directory, $3 kind of question, $4 what is looked for, then one argument per run of consecutive
 * segments, comma separated: `<segment>:<sha1>`; `pg_wal/<segment>` is read from the data directory instead of the archive. Runs go in
 * parallel. The exit code of pg_waldump is ignored: it complains at every end of WAL.
 */
export const probeScript = `export LC_ALL=C TZ=UTC PGTZ=UTC
${whichControl}
stanza=$1 data=$2 kind=$3 what=$4
shift 4
cd "$data" || exit 9
work=$(mktemp -d) || exit 9
trap 'rm -rf "$work"' EXIT
get() {
  sum=\${2#*:}
  set -- "$1" "\${2%%:*}"
  case "$2" in
    pg_wal/*) cp "$data/$2" "$1/\${2#pg_wal/}" 2>"$1/error.\${2#pg_wal/}"; rc=$? ;;
    *) pgbackrest --log-level-console=off --log-level-stderr=error --log-level-file=off --stanza="$stanza" --pg1-path="$control" \
         --no-archive-async archive-get "$2" "$1/$2" 2>"$1/error.$2"; rc=$? ;;
  esac
  if [ $rc -eq 0 ] && [ "$sum" != "$2" ] && [ "$(sha1sum <"$1/$2" | cut -c 1-40)" != "$sum" ]; then
    echo 'its content does not match the checksum in its name' >"$1/error.$2"; rm -f "$1/$2"; rc=26
  fi
  [ $rc -eq 0 ] || echo "E \${2#pg_wal/} $rc $(head -c 400 "$1/error.\${2#pg_wal/}" | tr '\\n' ' ')" >>"$1/out"
}
dump() {
  case "$kind" in
    time) pg_waldump -p "$1" -r Transaction "$2" "$3" ;;
    xid) pg_waldump -p "$1" -r Transaction -r Standby -r XLOG "$2" "$3" ;;
    name) pg_waldump -p "$1" -r XLOG -r Transaction "$2" "$3" ;;
    lsn) pg_waldump -p "$1" -s "$what" -n 1 "$2" "$3" | sed -n 's/^rmgr: /Q rmgr: /p' | cut -c 1-300 ;;
  esac 2>/dev/null
}
look() {
  mkdir "$1"
  old=$IFS; IFS=,; set -- "$1" $2; IFS=$old
  dir=$1; shift
  gets=
  for one in "$@"; do get "$dir" "$one" & gets="$gets $!"; done
  wait $gets
  first=; last=
  # up to the first one that could not be had: WAL behind a hole says nothing about WAL before it
  for one in "$@"; do
    one=\${one#pg_wal/}; one=\${one%%:*}
    [ -f "$dir/$one" ] || break
    first=\${first:-$one}; last=$one
  done
  [ -n "$first" ] || return 0
  if [ "$kind" = lsn ]; then dump "$dir" "$first" "$last" >>"$dir/out"
  else dump "$dir" "$first" "$last" | awk -v KIND="$kind" -v WHAT="$what" '${filter}' >>"$dir/out"; fi
}
n=0
for run in "$@"; do n=$((n + 1)); look "$work/$n" "$run" & done
wait
i=0
while [ $i -lt $n ]; do i=$((i + 1)); echo '${mark}'; cat "$work/$i/out" 2>/dev/null; done
exit 0`;
