#!/bin/bash
# The floor: what a person who already knows that the primary is dead could do with a prepared script and no look aside.
# It measures no loss, salvages nothing, asks nobody, and knows neither whether the standby is good nor what is already
# done. OLD, NEW: containers. POOLER: the pooler's host name. The passwords are in the container's environment.
set -euo pipefail
t(){ echo "$1 $(date +%s.%N)" >>/tmp/lab/h5.t; }; t start
docker update --restart=no "$OLD" >/dev/null
t updated; docker kill "$OLD" >/dev/null 2>&1 || true
[ "$(docker inspect -f '{{.State.Running}} {{.HostConfig.RestartPolicy.Name}}' "$OLD")" = 'false no' ]
t inspected; docker exec "$NEW" bash -c '
  set -euo pipefail
  [ "$(psql -XqtA -d postgres -c "SELECT pg_promote(true, 60)")" = t ]
  date +promoted" "%s.%N
  printf "[databases]\ntheshandi_db = host=%s port=5432 dbname=theshandi_db\n" "$(hostname)" >/srv/pgbouncer/databases.ini.new
  mv /srv/pgbouncer/databases.ini.new /srv/pgbouncer/databases.ini
  PGPASSWORD=$PGBOUNCER_ADMIN_PASSWORD psql -qX -h "$POOLER" -p 6432 -U pgbouncer_admin -d pgbouncer \
    -c "KILL theshandi_db" -c RELOAD -c "RESUME theshandi_db"; date +pooled" "%s.%N' >>/tmp/lab/h5.t
