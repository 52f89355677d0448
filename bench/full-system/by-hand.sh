#!/bin/bash
# What a plain script does when everything is down: start all of it, then ask every service until it answers.
# $PROJECT, $FILE and $ENV_FILE as for docker compose; the ports of the services are the arguments.
set -euo pipefail
docker compose -p "$PROJECT" -f "$FILE" --env-file "$ENV_FILE" up -d >/dev/null 2>&1
for port in "$@"; do
  until curl -fs -m 2 -o /dev/null "http://127.0.0.1:$port/health"; do sleep 0.1; done
done
