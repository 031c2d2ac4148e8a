#!/usr/bin/env bash
# Fuzzes every parser of untrusted input, one on each core at a time: each Fuzz function of the repository.
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

# build makes the program that fuzzes a package, once for all its functions.
build() { go test -c -fuzz . -o "$bin/${1//\//_}" "$1"; }

# fuzz runs one function on one core, and tells what it did or all that it said when it failed: fuzz PACKAGE NAME TIME.
fuzz() {
  local said
  # Minimising what is only interesting would take most of the time.
  said=$(cd "$1" && "$bin/${1//\//_}" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$3" -test.fuzzminimizetime 50x \
    -test.fuzzcachedir "$(cache)/$1" -test.parallel 1 2>&1) || die "$2 in $1: $said"
  say "$2 in $1, $3: $(grep execs <<<"$said" | tail -n 1)"
}

main() {
  local keep='' time pattern chosen
  if [ "${1:-}" = --keep ]; then keep=yes && shift; fi
  time=${1:-20s} pattern=${2:-.}
  need_go
  need_gcc
  bin=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$bin'" EXIT
  mkdir -p "$(cache)"
  [ ! -e "$CORPUS" ] || tar -xzf "$CORPUS" -C "$(cache)" --skip-old-files
  chosen=$(targets | grep -E "$pattern") || die "no fuzz function named like $pattern"
  cut -d' ' -f1 <<<"$chosen" | uniq | while read -r package; do build "$package"; done
  say "programs built in $SECONDS s"
  export -f say die cache fuzz
  export bin
  # shellcheck disable=SC2016 # for the shell that runs it
  xargs -P "$(nproc)" -L 1 bash -c 'set -euo pipefail; fuzz "$2" "$3" "$1"' "$0" "$time" <<<"$chosen" || die 'FAILED'
  if [ -n "$keep" ]; then
    tar -c --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$(cache)" . | gzip -9n >"$CORPUS"
    say "$(find "$(cache)" -type f | wc -l) inputs kept in $CORPUS"
  fi
  say "$(wc -l <<<"$chosen") parsers, no finding, $SECONDS s"
}

main "$@"
