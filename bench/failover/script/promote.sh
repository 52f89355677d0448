#!/bin/bash
# The floor: what a person who already knows that the primary is dead could do with a prepared script and no look aside.
# It measures no loss, salvages nothing, asks nobody, and knows neither whether the standby is good nor what is already
# done. OLD, NEW: containers; the passwords and the pooler's name are in their environment.
set -euo pipefail

on_new() { docker exec "$NEW" bash -euo pipefail -c "$1"; }
pooler='PGPASSWORD=$PGBOUNCER_ADMIN_PASSWORD psql -qX -h "$POOLER" -p 6432 -U pgbouncer_admin -d pgbouncer'

# Clients that are held do not run into the dead address; a pooler that tries it loses up to a second afterwards.
on_new "$pooler -c 'PAUSE theshandi_db'" &
docker update --restart=no "$OLD" >/dev/null
docker kill "$OLD" >/dev/null 2>&1 || true
[ "$(docker inspect -f '{{.State.Running}} {{.HostConfig.RestartPolicy.Name}}' "$OLD")" = 'false no' ]
on_new '
  [ "$(psql -XqtA -d postgres -c "SELECT pg_promote(true, 60)")" = t ]
  printf "[databases]\ntheshandi_db = host=%s port=5432 dbname=theshandi_db\n" "$(hostname)" >/srv/pgbouncer/databases.ini.new
  mv /srv/pgbouncer/databases.ini.new /srv/pgbouncer/databases.ini
  '"$pooler -c RELOAD -c 'RESUME theshandi_db'"
wait
