#!/bin/bash
# Starts PostgreSQL on $PGDATA; fills an empty $PGDATA first, by $POSTGRES_ROLE: `primary` (initdb, application
# schema, backup stanza) or `standby` (base backup from $PRIMARY_HOST). A $PGDATA that holds a cluster is started as
# it is, whatever the role says: what a volume is (primary, standby, restored copy) is decided by its own files.
# Any other command than `postgres` runs unchanged, so the image also serves one-shot tools (pgbackrest, pg_rewind).
set -euo pipefail

[ "${1:-}" = postgres ] || exec "$@"

say() { echo "entrypoint: $*" >&2; }
share=/usr/local/share/shandi
# An empty PGDATA is filled in a corner of itself and moved into place when complete, so that a start that is killed
# half-way is repeated from nothing and half a cluster is never taken for a whole one.
filling=$PGDATA/.filling filled=$PGDATA/.filled

settle() {
  local entry
  shopt -s nullglob # a settling that was itself interrupted may find little or nothing left
  for entry in "$filled"/*; do
    [ "${entry##*/}" = global ] || mv "$entry" "$PGDATA/"
  done
  # last: global/pg_control is what makes the directory a cluster
  [ ! -d "$filled/global" ] || mv "$filled/global" "$PGDATA/"
  rmdir "$filled"
}

init_primary() {
  : "${PG_PASSWORD:?is needed to create the application user}" "${REPLICATION_PASSWORD:?is needed to create the replication user}"
  # A volume that was lost, or a former primary whose data went: a new, empty cluster in its place would be taken for the
  # business's data, and its WAL would go into the archive of the real one.
  if [ "${ALLOW_NEW_CLUSTER:-no}" != yes ] &&
    pgbackrest --stanza="${STANZA:-main}" --output=json --log-level-console=off info 2>/dev/null | grep '"label"' >/dev/null; then
    say "$PGDATA is empty, but the repository holds backups of stanza ${STANZA:-main}: refusing to create a second cluster. Restore it, or rebuild it as a standby."
    exit 1
  fi
  say "creating the cluster"
  # ICU: PostgreSQL records a collation version only for ICU and non-C libc locales, and recovery compares it.
  initdb -D "$filling" -k --encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US \
    --auth-local=peer --auth-host=scram-sha-256 --no-instructions >/dev/null
  # Settings live inside PGDATA, so that every backup carries them and a restore starts with what it needs.
  mkdir "$filling/conf.d"
  cp "$share/postgresql.conf" "$filling/conf.d/shandi.conf"
  cp "$share/pg_hba.conf" "$filling/pg_hba.conf"
  echo "include_dir = 'conf.d'" >>"$filling/postgresql.conf"

  # No TCP and no archiving until everything is in place: nobody sees half a database.
  pg_ctl -D "$filling" -w -s -l /tmp/init.log -o "-c listen_addresses='' -c archive_mode=off -c fsync=off" start
  local db=${POSTGRES_DB:-theshandi_db}
  psql -v ON_ERROR_STOP=1 -qX -d postgres -v db="$db" -f "$share/init/10-roles.sql"
  for file in 20-schema.sql 30-seed.sql; do
    psql -v ON_ERROR_STOP=1 -qX -1 -d "$db" -c 'SET ROLE theshandi_user' -f "$share/init/$file"
  done
  pgbackrest --stanza="${STANZA:-main}" --pg1-path="$filling" stanza-create ||
    say "the stanza was not created (a repository of another cluster?): archiving will fail until that is solved"
  pg_ctl -D "$filling" -w -s -m fast stop
  sync -f "$filling" # fsync was off while filling
}

init_standby() {
  : "${PRIMARY_HOST:?is needed to copy from}" "${REPLICATION_PASSWORD:?is needed to copy from the primary}"
  export PGPASSWORD=$REPLICATION_PASSWORD PGCONNECT_TIMEOUT=3
  local name=${STANDBY_NAME:-$(hostname)}
  local slot=${REPLICATION_SLOT:-${name//-/_}}
  local source="host=$PRIMARY_HOST port=${PRIMARY_PORT:-5432} user=replicator"
  say "waiting for the primary $PRIMARY_HOST"
  until psql -qXAt -d "$source dbname=postgres" -c 'SELECT 1' >/dev/null 2>&1; do sleep 0.5; done
  # The slot is made before the copy, so that no WAL the copy needs is recycled meanwhile. A restored primary has no
  # slots (they are not part of a backup), so its absence is the normal case after a recovery.
  psql -qXAt -v ON_ERROR_STOP=1 -v slot="$slot" -d "$source dbname=postgres" <<'SQL' >/dev/null
SELECT pg_create_physical_replication_slot(:'slot', true)
 WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = :'slot');
SQL
  say "copying from the primary"
  pg_basebackup -D "$filling" -R -X stream -c fast -S "$slot" -d "$source application_name=$name"
  unset PGPASSWORD
}

rm -rf "$filling"
[ ! -d "$filled" ] || settle
if [ ! -s "$PGDATA/global/pg_control" ]; then
  if [ -n "$(ls -A "$PGDATA")" ]; then
    # Most likely a restore or a copy that did not finish; only a person may decide that its files are worthless.
    say "$PGDATA holds files but no cluster (no global/pg_control): refusing to start. Empty it or choose another volume."
    exit 1
  fi
  case "${POSTGRES_ROLE:-}" in
    primary) init_primary ;;
    standby) init_standby ;;
    *) say "$PGDATA is empty and POSTGRES_ROLE is '${POSTGRES_ROLE:-}': expected 'primary' or 'standby'"; exit 1 ;;
  esac
  mv "$filling" "$filled"
  settle
fi

exec postgres -D "$PGDATA"
