#!/bin/sh
# Makes the two databases of the server, or brings their schema up to the version of this image. Safe to repeat; a start that
# was cut short is gone on with. Settings: SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD.
set -eu
log=/tmp/schema.log

tool() { temporal-sql-tool --db "$database" "$@" >"$log" 2>&1; }
begin() { tool setup-schema -v 0.0; }

ready() {
  database=$1 schema=$2
  tool update-schema --schema-name "$schema" && return
  # Begun anew only where nothing is: version 0.0 written over a schema that is there would be the end of it.
  if grep -q "database .*$database.* does not exist" "$log"; then
    tool create-database && begin && tool update-schema --schema-name "$schema" && return
  elif grep -Eq 'relation .*schema_version.* does not exist|no rows in result set' "$log"; then
    begin && tool update-schema --schema-name "$schema" && return
  fi
  tail -n 5 "$log" >&2
  echo "schema: database $database could not be made or updated" >&2
  exit 1
}

ready temporal postgresql/v12/temporal
ready temporal_visibility postgresql/v12/visibility
echo 'schema: temporal and temporal_visibility are at the version of this server'
