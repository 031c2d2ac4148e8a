#!/usr/bin/env bash
# Fuzzes every parser of untrusted input, one after the other: each Fuzz function of the repository.
# usage: scripts/fuzz.sh [TIME for each, default 20s] [PATTERN of names]
#
# What makes a parser fail is kept by go test under testdata/fuzz, and is a test from then on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

# targets prints PACKAGE NAME for each fuzz function.
targets() {
  git grep --untracked -oE '^func Fuzz[A-Za-z0-9]+' -- '*_test.go' |
    sed -E 's|^(.*)/[^/]+:func (.*)$|./\1 \2|' | sort
}

main() {
  local time=${1:-20s} pattern=${2:-.} package name count=0
  need_go
  need_gcc
  while read -r package name; do
    say "$name in $package, $time"
    go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "$package" | grep -vE '^fuzz: elapsed: .*(gathering|minimizing)' | tail -n 4
    count=$((count + 1))
  done < <(targets | grep -E "$pattern")
  [ "$count" -gt 0 ] || die "no fuzz function named like $pattern"
  say "$count parsers, no finding, $SECONDS s"
}

main "$@"
