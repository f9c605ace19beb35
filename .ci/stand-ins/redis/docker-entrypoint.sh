#!/bin/sh
# As the official image: as root it becomes `redis` first, which needs capabilities; as `redis` it needs none. The
# official build has protected mode off; Debian's has it on.
set -e

if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then
  set -- redis-server "$@"
fi
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis '{}' +
  exec setpriv --reuid=redis --regid=redis --init-groups "$0" "$@"
fi
if [ "$1" = redis-server ]; then
  set -- "$@" --protected-mode no
fi
exec "$@"
