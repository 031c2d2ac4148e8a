#!/usr/bin/env bash
# Fuzzes every parser of untrusted input, one after the other: each Fuzz function of the repository.
# usage: scripts/fuzz.sh [--keep] [TIME for each, default 20s] [PATTERN of names]
#
# It begins with the corpus of earlier runs, test/fuzz-corpus.tar.gz; with --keep it adds to that what it has found. What makes
# a parser fail is kept by go test under testdata/fuzz, and is a test from then on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

readonly CORPUS=test/fuzz-corpus.tar.gz

# targets prints PACKAGE NAME for each fuzz function.
targets() {
  git grep --untracked -oE '^func Fuzz[A-Za-z0-9]+' -- '*_test.go' |
    sed -E 's|^(.*)/[^/]+:func (.*)$|./\1 \2|' | sort
}

# cache prints the folder where go test keeps the corpus of this module.
cache() { echo "$(go env GOCACHE)/fuzz/$(go list -m)"; }

fuzz() {
  local package=$1 name=$2 time=$3
  say "$name in $package, $time"
  # Minimising what is only interesting would take most of the time.
  go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" -fuzzminimizetime 50x "$package" |
    grep -vE 'gathering|minimizing' | tail -n 4
}

main() {
  local keep='' time pattern package name count=0
  if [ "${1:-}" = --keep ]; then keep=yes && shift; fi
  time=${1:-20s} pattern=${2:-.}
  need_go
  need_gcc
  mkdir -p "$(cache)"
  [ ! -e "$CORPUS" ] || tar -xzf "$CORPUS" -C "$(cache)" --skip-old-files
  while read -r package name; do
    fuzz "$package" "$name" "$time"
    count=$((count + 1))
  done < <(targets | grep -E "$pattern")
  [ "$count" -gt 0 ] || die "no fuzz function named like $pattern"
  if [ -n "$keep" ]; then
    tar -c --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$(cache)" . | gzip -9n >"$CORPUS"
    say "$(find "$(cache)" -type f | wc -l) inputs kept in $CORPUS"
  fi
  say "$count parsers, no finding, $SECONDS s"
}

main "$@"
