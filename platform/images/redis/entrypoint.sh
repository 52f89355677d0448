#!/bin/bash
# Configuration is the mounted file plus the password of the environment, in a file only this container sees.
# Further arguments go to the server (a restore starts it with `--appendonly no`); other commands run unchanged.
set -euo pipefail
[ "${1:-}" = redis-server ] || exec "$@"
shift
: "${REDIS_PASSWORD:?is needed}"
umask 077
printf 'include /etc/redis/state/redis.conf\nrequirepass %s\n' "$REDIS_PASSWORD" >/run/redis/redis.conf
exec redis-server /run/redis/redis.conf "$@"
