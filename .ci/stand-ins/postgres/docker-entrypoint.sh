#!/usr/bin/env bash
# As the official image: on an empty data folder, a server that only listens on its socket makes the user and the
# database; then the real one starts. As root it becomes `postgres` first, which needs capabilities; as `postgres` it
# needs none.
set -euo pipefail

if [ "$1" = postgres ] && [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?expected POSTGRES_PASSWORD, got none}"
  export POSTGRES_USER="${POSTGRES_USER:-postgres}"
  database="${POSTGRES_DB:-$POSTGRES_USER}"
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD")
  printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  [ "$database" = postgres ] || createdb --username="$POSTGRES_USER" --maintenance-db=postgres "$database"
  pg_ctl -D "$PGDATA" -m fast -w stop
fi

exec "$@"
