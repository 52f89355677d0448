#!/bin/bash
# Patroni's callback (ACTION ROLE CLUSTER): a node that has become the primary points the pooler at itself.
set -euo pipefail
[ "$1" = on_role_change ] || exit 0
[ "$2" = master ] || [ "$2" = primary ] || exit 0
printf '[databases]\ntheshandi_db = host=%s port=5432 dbname=theshandi_db\n' "$(hostname)" >/srv/pgbouncer/databases.ini.new
mv /srv/pgbouncer/databases.ini.new /srv/pgbouncer/databases.ini
# The pooler's list of users is its own; the password of its administrator comes from the environment.
export PGPASSWORD=$PGBOUNCER_ADMIN_PASSWORD PGCONNECT_TIMEOUT=2
exec psql -qX -h "$POOLER" -p 6432 -U pgbouncer_admin -d pgbouncer -c RELOAD -c 'RECONNECT theshandi_db'
