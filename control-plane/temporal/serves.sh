#!/bin/bash
# Health of the Web UI: whether its page of health answers 200. Usage: serves.sh PORT PATH
set -eu
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
read -r _ code _ <&3
[ "$code" = 200 ]
