#!/usr/bin/env bash
# Runs every test with the race detector, against a real PostgreSQL too.
# usage: scripts/test.sh [arguments of go test]
#
# A node's page is tested in Chromium, completion in zsh and fish, `top` in tmux: those in PATH, or the Debian packages, installed when
# the script runs as root. What a machine can't try at all is said in a line with NOT TRIED.
# PostgreSQL is, in this order: the server that TEST_DATABASEURL names; the folder with initdb, postgres and pg_basebackup that
# TEST_POSTGRESBIN names; the binaries in PATH; those of the Debian packages; the Debian package, installed when
# the script runs as root. Without any of them it ends with a failure: nothing is skipped silently.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

readonly TEST_TIMEOUT=60m # for the tests of one package, the build not counted; the longest takes half of it on two very busy cores

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
  need_postgres
  need_chromium
  need_examples
  need_terminals
  need_disks
  if ! names_packages "$@"; then
    # It begins with hours of virtual time, on one core: the others take the second one meanwhile.
    set -- "$@" ./test ./...
    say "testing; ./test is told of first and takes the longest, about 20 minutes on two cores"
  fi
  go test -race -timeout "$TEST_TIMEOUT" "$@" || die "FAILED after $SECONDS s"
  say "passed in $SECONDS s, build included"
}

main "$@"
