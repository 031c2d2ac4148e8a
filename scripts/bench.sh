#!/usr/bin/env bash
# Measures what a price costs, and writes the tables of docs/performance.md between their marks.
# usage: scripts/bench.sh [--quick] [PART..]    parts: hot, load, idle, size; without any: all of them
#
# hot    benchmarks of a report's way, each also as a multiple of a recovery of the same run
# load   five nodes on loopback with a PostgreSQL, their CPU time beside that of its parts, and their memory (12 min)
# idle   real processes that have nothing to do (2 min); Linux only
# size   what the binary is made of
#
# Everything is done several times in turns, for machines have moods. Compare the ratios.
# LOAD_PAIRS (default 16) is how hard the network is pushed: five prices a pair and second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

readonly DOCUMENT=docs/performance.md

repeats=5 bench_time=0.3s load_time=10m idle_seconds=60

# runs prints the lines of the benchmarks: all of them once, then all once more, and so on. On one core and on two.
runs() {
  local folder package i
  folder=$(mktemp -d)
  for package in consensus/signing consensus; do
    go test -c -o "$folder/$(basename "$package").test" "./$package"
  done
  for i in $(seq "$repeats"); do
    say "benchmarks, $i of $repeats"
    for package in signing consensus; do
      "$folder/$package.test" -test.run '^$' -test.bench '^Benchmark(Recover|Sign|Digest|Encode|Decode|Receive|ReceiveKnown|Rank|Proposes)$' -test.benchtime "$bench_time" -test.cpu 1,2 | grep '^Benchmark'
    done
  done
  rm -rf "$folder"
}

# table turns lines of benchmarks into one line each: the fastest turn, for what other processes take is nobody's cost, and the
# median of the ratios that were taken within a turn.
table() {
  awk '
    function median(list, n, i, j, x) {
      for (i = 2; i <= n; i++) { x = list[i]; for (j = i - 1; j > 0 && list[j] > x; j--) list[j + 1] = list[j]; list[j + 1] = x }
      return list[int((n + 1) / 2)]
    }
    function number(x) { return sprintf(x < 10 ? "%.1f" : "%.0f", x) }
    function time(ns) { return ns < 1000 ? number(ns) " ns" : number(ns / 1000) " us" }
    {
      name = $1; sub(/^Benchmark/, "", name)
      cores = sub(/-2$/, "", name) ? 2 : 1
      key = name "|" cores
      if (!(key in count)) order[++keys] = key
      n = ++count[key]
      for (i = 3; i < NF; i += 2) value[key, $(i + 1), n] = $i
    }
    function of(key, unit, i, list) {
      if (!((key, unit, 1) in value)) return ""
      for (i = 1; i <= count[key]; i++) list[i] = value[key, unit, i]
      return median(list, count[key])
    }
    function fastest(key, i, least) {
      for (i = 1; i <= count[key]; i++) if (i == 1 || value[key, "ns/op", i] < least) least = value[key, "ns/op", i]
      return least
    }
    END {
      print "| benchmark | cores | fastest | in recoveries | of its own recoveries | allocations |"
      print "|---|---|---|---|---|---|"
      for (k = 1; k <= keys; k++) {
        key = order[k]; split(key, part, "|")
        own = of(key, "times-recover")
        if (part[2] == 2 && own == "") continue
        printf "| %s | %s | %s | %s | %s | %s |\n", part[1], part[2], time(fastest(key)),
          own == "" ? sprintf("%.2f", fastest(key) / fastest("Recover|1")) : "", own == "" ? "" : sprintf("%.2f", own), of(key, "allocs/op")
      }
    }'
}

hot() { runs | table | write_section "$DOCUMENT" hot; }

# tables prints the tables of a test's output.
tables() { awk '{ sub(/^ +/, "") } /^\|/ { print; inside = 1; next } inside { print ""; inside = 0 }'; }

# load_shares prints which work takes which share of the CPU time, by a profile of a short run.
load_shares() {
  local folder
  folder=$(mktemp -d)
  go test -count 1 -run '^TestLoad$' -cpuprofile "$folder/cpu" -o "$folder/load.test" ./test/load >&2
  printf '| work | of the CPU time |\n|---|---|\n'
  go tool pprof -traces "$folder/load.test" "$folder/cpu" 2>/dev/null | awk -f scripts/shares.awk | sort -t '|' -k 1,1rn |
    awk -F '|' '{ printf "| %s | %s %% |\n", $2, $1 }'
  rm -rf "$folder"
}

load() {
  say "load, $load_time"
  need_postgres
  export LOAD_PAIRS=${LOAD_PAIRS:-16}
  {
    LOAD_TIME=$load_time go test -count 1 -timeout 30m -v -run '^TestLoad$' ./test/load | tables
    load_shares
  } | write_section "$DOCUMENT" load
}

idle() {
  say "idle, $((idle_seconds * 3 / 2)) s"
  scripts/idle.sh "$idle_seconds" | write_section "$DOCUMENT" idle
}

# size adds up the machine code by module, and the sections of the file.
size() {
  local binary
  binary=$(mktemp)
  go build -trimpath -o "$binary" ./cmd/gossip-price
  {
    printf '| code | MiB |\n|---|---|\n'
    go tool nm -size -type "$binary" | awk '
      $3 == "t" || $3 == "T" {
        name = $4
        sub(/^type:\.(eq|hash)\./, "", name)
        if (match(name, /^[a-z0-9-]+\.[a-z]+\/[^\/.]+(\/[^\/.(]+)?/)) group = substr(name, RSTART, RLENGTH)
        else if (name ~ /^[a-z][a-z0-9\/]*\./) group = "the standard library"
        else group = "C: secp256k1"
        sub(/^github.com\/pion\/.*/, "github.com/pion, WebRTC: linked by libp2p, not used", group)
        sum[group] += $2
      }
      END { for (group in sum) if (sum[group] >= 262144) printf "%.1f|%s\n", sum[group] / 1048576, group; else rest += sum[group]
            printf "%.1f|all others, each below 0.25 MiB\n", rest / 1048576 }' |
      sort -t '|' -k 1,1rn -k 2 | awk -F '|' '{ printf "| %s | %s |\n", $2, $1 }'
    printf '\n| file | MiB |\n|---|---|\n'
    readelf -SW "$binary" | sed 's/^ *\[ *[0-9]*\] *//' | awk '
      function hex(s, i, n) { for (i = 1; i <= length(s); i++) n = 16 * n + index("123456789abcdef", substr(s, i, 1)); return n }
      $1 == ".text" { print "| machine code | " mib($5) " |" }
      $1 == ".gopclntab" { print "| tables of Go functions, for stack traces and the collector | " mib($5) " |" }
      $1 == ".rodata" { print "| constants and types | " mib($5) " |" }
      function mib(s) { return sprintf("%.1f", hex(s) / 1048576) }'
    go build -trimpath -ldflags '-s -w' -o "$binary" ./cmd/gossip-price
    printf '| the whole file without debug information | %s |\n' "$(awk -v n="$(stat -c %s "$binary")" 'BEGIN { printf "%.1f", n / 1048576 }')"
  } | write_section "$DOCUMENT" size
  rm -f "$binary"
}

main() {
  local part
  if [ "${1:-}" = --quick ]; then
    repeats=3 bench_time=0.1s load_time=30s idle_seconds=20
    shift
  fi
  need_go
  need_gcc
  [ $# -gt 0 ] || set -- hot load idle size
  for part; do
    case $part in
      hot | load | idle | size) "$part" ;;
      *) die "no part $part; there are hot, load, idle, size" ;;
    esac
  done
  say "$DOCUMENT is written, $SECONDS s"
}

main "$@"
