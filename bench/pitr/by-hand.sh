#!/bin/bash
# Point-in-time recovery as a careful person types it: the safe steps of the procedure, in its order, no orchestrator.
# The bench measures the orchestrator against this. After each phase it prints `end PHASE SECONDS-SINCE-1970`.
#
# Everything comes from the environment (by-hand.ts sets it): PROJECT COMPOSE_FILE ENV_FILE DATABASE DATA_DIRECTORY
# DATA_VARIABLE STANZA REPOSITORY_VOLUME REPOSITORY_PATH BACKUP TARGET VOLUME COPY SHARED_BUFFERS SERVER_PORT
# BUSINESS_QUERIES HEARTBEAT, and the secrets PGBACKREST_REPO1_CIPHER_PASS ADMIN_PASSWORD CLIENT_PASSWORD.
set -euo pipefail
export LC_ALL=C

end() { echo "end $1 $EPOCHREALTIME"; }
die() { echo "by hand: $*" >&2; exit 1; }
compose=(docker compose -p "$PROJECT" -f "$COMPOSE_FILE" --env-file "$ENV_FILE")
service() {
  docker ps -q --no-trunc --filter "label=com.docker.compose.project=$PROJECT" --filter "label=com.docker.compose.service=$1"
}
# SQL from standard input, as superuser inside a container.
ask() { docker exec -i -u postgres "$1" psql -XqtA -v ON_ERROR_STOP=1 -d "$DATABASE"; }
# SQL from standard input through the pooler, from container $1 as user $2 of database $3. The password stays in the environment.
pooled() { docker exec -i -e PGPASSWORD -e PGCONNECT_TIMEOUT=3 "$1" psql -XqtA -v ON_ERROR_STOP=1 -h pgbouncer -p 6432 -U "$2" "$3"; }

# ---- pre-flight: what is damaged, which backup, room, collations
old=$(service postgres)
pooler=$(service pgbouncer)
image=$(docker inspect -f '{{.Image}}' "$old")
restart=$(docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' "$old")
ask "$old" <<'SQL' >/dev/null
SELECT now(), pg_current_wal_lsn(), pg_database_size(current_database()), (SELECT timeline_id FROM pg_control_checkpoint());
SELECT datname FROM pg_database WHERE datcollversion <> pg_database_collation_actual_version(oid);
SQL
docker exec -u postgres "$old" pgbackrest "--stanza=$STANZA" --output=json info | grep -F "\"label\":\"$BACKUP\"" >/dev/null ||
  die "backup $BACKUP is not in the repository"
docker exec "$old" df -B1 --output=avail "$DATA_DIRECTORY" >/dev/null

# Does the archive reach the target: no segment missing behind the backup's first, and a commit later than the target in the
# newest one? (`pgbackrest check`, `verify` and `info` all say yes over a hole.)
archived=$(docker exec -u postgres "$old" pgbackrest "--stanza=$STANZA" repo-ls "archive/$STANZA" --recurse |
  grep -oE '[0-9A-F]{24}-[0-9a-f]{40}' | cut -c1-24 | sort -u)
first=$(docker exec -u postgres "$old" pgbackrest "--stanza=$STANZA" "--set=$BACKUP" --output=json info | grep -oE '"start":"[0-9A-F]{24}"' | cut -d'"' -f4)
[ -n "$first" ] || die "backup $BACKUP does not say which segment it begins with"
previous=
for segment in $archived; do
  [[ $segment < $first || ${segment:0:8} != "${first:0:8}" ]] && continue
  number=$((16#${segment:8:8} * 256 + 16#${segment:16:8}))
  [ -z "$previous" ] || [ "$number" = $((previous + 1)) ] || die "segments before $segment are missing"
  previous=$number newest=$segment
done
docker exec -u postgres "$old" pgbackrest "--stanza=$STANZA" archive-get "$newest" "/tmp/$newest"
latest=$(docker exec -e TZ=UTC -e PGTZ=UTC "$old" sh -c 'pg_waldump -r Transaction "$1" 2>/dev/null; rm -f "$1"' sh "/tmp/$newest" |
  grep -oE 'COMMIT [0-9]{4}-[0-9-]+ [0-9:.]+' | tail -n 1 | cut -c8-)
wanted=${TARGET/T/ }
[[ $latest > ${wanted%Z} ]] || die "the archive ends at $latest, before the target $TARGET"
end pre-flight

# ---- restore beside; meanwhile the newest WAL goes into the archive
secure_tail() {
  local segment
  segment=$(ask "$old" <<SQL | tail -n 1
SELECT pg_create_restore_point('by-hand');
INSERT INTO $HEARTBEAT (node) VALUES ('by-hand');
SELECT pg_walfile_name(pg_switch_wal());
SQL
  )
  until [ "$(echo "SELECT left(last_archived_wal, 24) >= '$segment' FROM pg_stat_archiver" | ask "$old")" = t ]; do sleep 0.1; done
}
secure_tail &
tail=$!
docker volume create --label "dr.platform=$PROJECT" "$VOLUME" >/dev/null
docker run --rm --name "$COPY-restore" --label "dr.platform=$PROJECT" -u postgres --network none -e PGBACKREST_REPO1_CIPHER_PASS \
  -v "$VOLUME:$DATA_DIRECTORY" -v "$REPOSITORY_VOLUME:$REPOSITORY_PATH:ro" --entrypoint pgbackrest "$image" \
  "--stanza=$STANZA" "--pg1-path=$DATA_DIRECTORY" "--set=$BACKUP" --type=time "--target=$TARGET" --target-timeline=current \
  --target-action=pause --archive-mode=off "--process-max=$(nproc)" --log-level-console=detail --log-level-file=off restore >/dev/null
wait "$tail"
end restore

# ---- start isolated, wait for the pause and for the line that proves where it stopped
docker run -d --name "$COPY" --label "dr.platform=$PROJECT" -u postgres --network none --restart no --stop-signal SIGINT --shm-size 256m \
  -e TZ=UTC -e LC_ALL=C.UTF-8 -e PGBACKREST_REPO1_CIPHER_PASS \
  -v "$VOLUME:$DATA_DIRECTORY" -v "$REPOSITORY_VOLUME:$REPOSITORY_PATH:ro" --entrypoint postgres "$image" -D "$DATA_DIRECTORY" \
  -c archive_mode=off -c listen_addresses= -c ssl=off -c primary_conninfo= -c primary_slot_name= -c synchronous_standby_names= \
  -c hot_standby=on -c "shared_buffers=$SHARED_BUFFERS" -c wal_retrieve_retry_interval=200ms >/dev/null
until [ "$(echo 'SELECT pg_get_wal_replay_pause_state()' | ask "$COPY" 2>/dev/null)" = paused ]; do
  [ "$(docker inspect -f '{{.State.Running}}' "$COPY")" = true ] || die "the copy ended: $(docker logs --tail 3 "$COPY" 2>&1)"
  sleep 0.1
done
# The engine takes a moment to pass a line on; and grep reads to the end, because whoever writes into a closed pipe fails.
at_target() { docker logs "$COPY" 2>&1 | grep 'recovery stopping before' >/dev/null; }
at_target || { sleep 0.2; at_target; } || die 'the copy is paused, but not at the target'
end replay

# ---- inspect: rows of every table here and there, the plan's questions, every page and index entry
count_rows() {
  ask "$1" <<'SQL' >/dev/null
SET lock_timeout = '2s';
SELECT format('SELECT %L, count(*) FROM %I.%I', relname, schemaname, relname) FROM pg_stat_user_tables ORDER BY relname \gexec
SQL
}
count_rows "$COPY" & counts=$!
count_rows "$old" & others=$!
echo "$BUSINESS_QUERIES" | ask "$COPY" >/dev/null & business=$!
docker exec -u postgres -e LC_ALL=C -e PGOPTIONS='-c lock_timeout=2000' "$COPY" \
  pg_amcheck --database "$DATABASE" --jobs 2 --heapallindexed --no-strict-names || die 'amcheck found damage'
wait "$counts" && wait "$others" && wait "$business"
[ "$(echo 'SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database' | ask "$COPY")" = 0 ] || die 'page checksum failures'
end inspect

# ---- what would be lost (a person reads this and decides here; that time is not counted)
echo 'SELECT pg_last_wal_replay_lsn(), pg_last_xact_replay_timestamp()' | ask "$COPY" >/dev/null
echo "SELECT pg_current_wal_lsn(), max(at) FROM $HEARTBEAT" | ask "$old" >/dev/null
end decide

# ---- hold the clients
echo "PAUSE $DATABASE" | PGPASSWORD=$ADMIN_PASSWORD pooled "$old" pgbouncer_admin pgbouncer
end pause

# ---- fence, and prove it
docker update --restart=no "$old" >/dev/null
docker stop -t 20 "$old" >/dev/null
[ "$(docker inspect -f '{{.State.Running}} {{.HostConfig.RestartPolicy.Name}}' "$old")" = 'false no' ] || die 'the fence is not proven'
if (exec 3<>"/dev/tcp/127.0.0.1/$SERVER_PORT") 2>/dev/null; then die 'the old server still takes connections'; fi
if docker exec "$pooler" timeout 1 bash -c 'exec 3<>/dev/tcp/postgres/5432' 2>/dev/null; then die 'clients can still reach it'; fi
end fence

# ---- promote and clean what the restore left in the settings
echo 'SELECT pg_wal_replay_resume()' | ask "$COPY" >/dev/null
until [ "$(echo 'SELECT pg_is_in_recovery()' | ask "$COPY")" = f ]; do sleep 0.1; done
timeline=$(ask "$COPY" <<'SQL' | tail -n 1
ALTER SYSTEM RESET recovery_target;
ALTER SYSTEM RESET recovery_target_action;
ALTER SYSTEM RESET recovery_target_inclusive;
ALTER SYSTEM RESET recovery_target_lsn;
ALTER SYSTEM RESET recovery_target_name;
ALTER SYSTEM RESET recovery_target_time;
ALTER SYSTEM RESET recovery_target_timeline;
ALTER SYSTEM RESET recovery_target_xid;
ALTER SYSTEM RESET archive_mode;
ALTER SYSTEM RESET restore_command;
CHECKPOINT;
SELECT timeline_id FROM pg_control_checkpoint();
SQL
)
end promote

# ---- stop it in order
docker stop -t 300 "$COPY" >/dev/null
[ "$(docker inspect -f '{{.State.ExitCode}}' "$COPY")" = 0 ] || die 'the copy did not shut down in order'
docker rm "$COPY" >/dev/null
end stop

# ---- put it in the server's place
sed "s/^$DATA_VARIABLE=.*/$DATA_VARIABLE=$VOLUME/" "$ENV_FILE" >"$ENV_FILE.by-hand"
chmod 600 "$ENV_FILE.by-hand"
mv "$ENV_FILE.by-hand" "$ENV_FILE"
"${compose[@]}" up -d --no-deps postgres 2>/dev/null
new=$(service postgres)
until [ "$(echo 'SELECT pg_is_in_recovery()' | ask "$new" 2>/dev/null)" = f ]; do sleep 0.1; done
[ "$(docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' "$new")" = "$restart" ] || die 'the restart policy is not back'
end switch

# ---- write to it directly, point the pooler at it, let the clients in
echo "INSERT INTO $HEARTBEAT (node) VALUES ('by-hand')" | ask "$new"
printf '%s;\n' RELOAD "RESUME $DATABASE" | PGPASSWORD=$ADMIN_PASSWORD pooled "$new" pgbouncer_admin pgbouncer
end resume

# ---- done when a client's write came back
until seen=$(PGPASSWORD=$CLIENT_PASSWORD pooled "$new" theshandi_user "$DATABASE" <<SQL
INSERT INTO $HEARTBEAT (node) VALUES ('by-hand-client');
SELECT (SELECT timeline_id FROM pg_control_checkpoint()) FROM $HEARTBEAT WHERE node = 'by-hand-client' LIMIT 1;
SQL
); do sleep 0.05; done
[ "$seen" = "$timeline" ] || die "the client's write came back from timeline $seen, expected $timeline"
end client-write
