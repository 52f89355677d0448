#!/bin/bash
# Starts PostgreSQL on $PGDATA, and makes the cluster first where there is none. Takes the variables of the stock image
# `postgres`: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB.
set -euo pipefail

[ "${1:-}" = postgres ] || exec "$@"

# Made beside and renamed into place: a first start that is killed half-way is repeated from nothing.
filling=$PGDATA/.filling
cluster=$PGDATA/cluster
if [ ! -d "$cluster" ]; then
  : "${POSTGRES_USER:?is needed to make the cluster}" "${POSTGRES_PASSWORD:?is needed to make the cluster}"
  rm -rf "$filling"
  initdb -D "$filling" -k --encoding=UTF8 --locale=C.UTF-8 --username="$POSTGRES_USER" --pwfile=<(printf '%s' "$POSTGRES_PASSWORD") \
    --auth-local=peer --auth-host=scram-sha-256 --no-instructions >/dev/null
  echo 'host all all all scram-sha-256' >>"$filling/pg_hba.conf"
  # Inside the container only: health checks and dumps by whoever may run programs in it.
  sed -i 's/^local\s.*peer$/local all all trust/' "$filling/pg_hba.conf"
  if [ "${POSTGRES_DB:-$POSTGRES_USER}" != postgres ]; then
    echo "CREATE DATABASE \"${POSTGRES_DB:-$POSTGRES_USER}\"" |
      postgres --single -D "$filling" postgres >/dev/null
  fi
  sync -f "$filling"
  mv "$filling" "$cluster"
fi
exec postgres -D "$cluster" -c listen_addresses='*' "${@:2}"
