#!/usr/bin/env bash
# Runs every test with the race detector, against a real PostgreSQL too.
# usage: scripts/test.sh [arguments of go test]
#
# PostgreSQL is, in this order: the server that TEST_DATABASEURL names; the folder with initdb, postgres and pg_basebackup that
# TEST_POSTGRESBIN names; the binaries in PATH; those of the Debian packages; the Debian package, installed when
# the script runs as root. Without any of them it ends with a failure: nothing is skipped silently.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

readonly TEST_TIMEOUT=15m # for the tests of one package, the build not counted; the longest takes 5m on two cores

# installed_postgres prints the folder of installed server binaries: version 17 first, as in production, then the newest.
installed_postgres() {
  local dir
  while read -r dir; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && [ -x "$dir/pg_basebackup" ]; then
      echo "$dir"
      return
    fi
  done < <(
    dirname "$(command -v postgres || echo /nowhere/postgres)"
    echo /usr/lib/postgresql/17/bin
    printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV
  )
  return 1
}

# install_postgres installs the Debian package without the cluster that it makes and starts by default.
install_postgres() {
  local package=postgresql keep=/etc/postgresql-common/createcluster.d/gossip-price.conf
  apt-get update -qq >&2 || true
  apt-cache show postgresql-17 >/dev/null 2>&1 && package=postgresql-17
  mkdir -p "$(dirname "$keep")"
  echo 'create_main_cluster = false' >"$keep"
  apt_install "$package"
  rm -f "$keep"
}

# find_postgres exports TEST_POSTGRESBIN unless the caller chose a server.
find_postgres() {
  if [ -n "${TEST_DATABASEURL:-}" ]; then
    say "PostgreSQL: the server of TEST_DATABASEURL"
    return
  fi
  if [ -z "${TEST_POSTGRESBIN:-}" ]; then
    if ! installed_postgres >/dev/null && can_install; then install_postgres; fi
    TEST_POSTGRESBIN=$(installed_postgres) || die "PostgreSQL is missing; on Debian: apt-get install postgresql," \
      "or set TEST_POSTGRESBIN (folder with initdb, postgres and pg_basebackup) or TEST_DATABASEURL (a server)"
  fi
  export TEST_POSTGRESBIN
  say "PostgreSQL: $("$TEST_POSTGRESBIN/postgres" --version) in $TEST_POSTGRESBIN"
}

# names_packages tells whether the caller chose packages; otherwise all are tested.
names_packages() {
  local argument
  for argument; do
    case $argument in . | ./* | ../* | github.com/*) return 0 ;; esac
  done
  return 1
}

main() {
  need_go
  need_gcc
  find_postgres
  if ! names_packages "$@"; then
    set -- "$@" ./...
  fi
  go test -race -timeout "$TEST_TIMEOUT" "$@" || die "FAILED after $SECONDS s"
  say "passed in $SECONDS s, build included"
}

main "$@"
