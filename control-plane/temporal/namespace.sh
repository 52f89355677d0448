#!/bin/sh
# Makes the namespace and registers the search attributes of recovery runs, and ends well only when the server knows them all:
# a run that writes an unknown one would stall. Safe to repeat. Settings: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, RETENTION.
set -eu
attributes='DrProcedure DrResource DrState DrTier DrVerdict DrPlanHash'

missing() {
  known=$(temporal operator search-attribute list --output json) || { echo "$attributes"; return; }
  for name in $attributes; do
    case $known in *"\"$name\""*) ;; *) echo "$name" ;; esac
  done
}

tries=0
while :; do
  temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION" >/dev/null 2>&1 || true
  left=$(missing 2>/dev/null)
  [ -n "$left" ] || break
  flags=''
  for name in $left; do flags="$flags --name $name --type Keyword"; done
  # The server learns of a new namespace within some seconds: until then this fails, and is repeated.
  # shellcheck disable=SC2086
  temporal operator search-attribute create $flags >/tmp/attributes.log 2>&1 || true
  tries=$((tries + 1))
  [ "$tries" -lt 90 ] || { tail -n 5 /tmp/attributes.log >&2; echo "namespace: not known to the server: $left" >&2; exit 1; }
  sleep 1
done
echo "namespace: $TEMPORAL_NAMESPACE is there, with its search attributes"
