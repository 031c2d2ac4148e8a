#!/usr/bin/env bash
# Simulates whole networks and writes what prices cost in them to docs: simulation.csv, the tables of performance.md and the charts.
# usage: scripts/simulate.sh [NODES..], default: 4 16 64; up to 1000
#
# On one idle core 64 nodes take 5 min, 256 take 15 min, 1000 take 50 min and 9 GB: one case after the other. SIM_CASES, one a
# line, picks some. What was measured before and is not now stays in the CSV.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

readonly CSV=$PWD/docs/simulation.csv
readonly CASES='healthy
a third dead
a third refusing
5 % loss
a region cut off
naive'

main() {
  local dir nodes name
  need_go
  need_gcc
  [ $# -gt 0 ] || set -- 4 16 64
  dir=$(mktemp -d -p "$([ -d /dev/shm ] && echo /dev/shm || echo /tmp)")
  # shellcheck disable=SC2064
  trap "rm -rf '$dir'" EXIT
  go test -c -trimpath -o "$dir/scale.test" ./test/scale
  for nodes in "$@"; do
    while read -r name; do
      say "$nodes nodes, $name"
      SIM_NODES=$nodes SIM_CASE=$name SIM_CSV=$CSV TMPDIR=$dir \
        "$dir/scale.test" -test.run '^TestTrial$' -test.timeout 12h -test.v </dev/null || die "$nodes nodes, $name: FAILED"
    done <<<"${SIM_CASES:-$CASES}"
  done
  UPDATE_DOCS=1 go test -count=1 -run '^TestSimulationTables$' ./test
  say "done in $SECONDS s"
}

main "$@"
