#!/bin/bash
# The user list is made from the environment at every start: no password is in the image or in a mounted file.
set -euo pipefail
: "${PG_PASSWORD:?is needed for theshandi_user}" "${PGBOUNCER_ADMIN_PASSWORD:?is needed for pgbouncer_admin}"
umask 077
printf '"theshandi_user" "%s"\n"pgbouncer_admin" "%s"\n' "$PG_PASSWORD" "$PGBOUNCER_ADMIN_PASSWORD" >/run/pgbouncer/userlist.txt
exec pgbouncer /etc/pgbouncer/pgbouncer.ini
