#!/usr/bin/env bash
# Measures what a price costs, and writes the tables of docs/performance.md between their marks.
# usage: scripts/bench.sh [--quick] [PART..]    parts: hot, load, idle, size, flush, statements, api; without any: all of them
#
# hot         benchmarks of a report's way, each also as a multiple of a recovery of the same run
# load        five nodes on loopback with a PostgreSQL, their CPU time beside that of its parts, and their memory (12 min)
# idle        real processes that have nothing to do (2 min); Linux only
# size        what the binary is made of
# flush       a backlog that goes from a journal to a PostgreSQL, beside the bare statement (2 min)
# statements  what all nodes of a store together ask of it in a flush window: machines, faults, whole nodes, a PostgreSQL (6 min)
# api         a node that is asked for the latest price, beside a bare handler (2 min); Linux only
#
# Everything is done several times in turns, for machines have moods. Compare the ratios.
# LOAD_PAIRS (default 16) is how hard the network is pushed: five prices a pair and second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

readonly DOCUMENT=docs/performance.md PARTS=(hot load idle size flush statements api)

# What the tables are made by: how awk finds the middle of a list, which is sorted then.
readonly MEDIAN='
  function median(list, n, i, j, x) {
    for (i = 2; i <= n; i++) { x = list[i]; for (j = i - 1; j > 0 && list[j] > x; j--) list[j + 1] = list[j]; list[j + 1] = x }
    return list[int((n + 1) / 2)]
  }'

repeats=5 bench_time=0.3s load_time=10m idle_seconds=60 turns=3 api_time=10s machines=1000 whole_nodes=64

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
  awk "$MEDIAN"'
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

hot() { runs | table; }

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
  LOAD_TIME=$load_time checked go test -count 1 -timeout 30m -v -run '^TestLoad$' ./test/load | tables
  load_shares
}

idle() {
  say "idle, $((idle_seconds * 3 / 2)) s"
  scripts/idle.sh "$idle_seconds"
}

# size adds up the machine code by module, and the sections of the file.
size() {
  local binary
  binary=$(mktemp)
  go build -trimpath -o "$binary" ./cmd/gossip-price
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
  rm -f "$binary"
}

# checked prints what a command prints, when it has ended well. Of one that fails it tells where that is, for the parts show tables only.
checked() {
  local output
  output=$(mktemp)
  "$@" >"$output" || die "FAILED: $*; what it printed is in $output"
  cat "$output"
  rm -f "$output"
}

# node_benchmark NAME TIME prints the lines of a benchmark of package node, of each turn.
node_benchmark() {
  local i
  for i in $(seq "$turns"); do
    say "benchmark $1, $i of $turns"
    checked go test -count 1 -run '^$' -bench "^Benchmark$1\$" -benchtime "$2" ./node | grep '^Benchmark'
  done
}

# flush_table turns the lines of BenchmarkFlush into one line a figure: the middle of the turns, the least and the most.
flush_table() {
  awk "$MEDIAN"'
    { for (i = 3; i < NF; i += 2) value[$(i + 1), NR] = $i }
    function number(x) { return sprintf(x < 10 ? "%.2f" : "%.0f", x) }
    function row(what, figure, unit, i, list, middle) {
      for (i = 1; i <= NR; i++) list[i] = value[figure, i]
      middle = median(list, NR)
      printf "| %s | %s%s | %s to %s |\n", what, number(middle), unit, number(list[1]), number(list[NR])
    }
    END {
      print "| | median | range |"
      print "|---|---|---|"
      row("**rate, ours by the bare one**", "of-bare-rate", "")
      row("the whole flush", "ms-flush", " ms")
      row("listing the outbox", "ms-list", " ms")
      row("a batch: the bare INSERT", "ms-bare/batch", " ms")
      row("a batch: read from the journal", "ms-read/batch", " ms")
      row("a batch: dropped from the journal", "ms-drop/batch", " ms")
      row("merging a report, p50", "ms-merge-p50", " ms")
      row("merging a report, p99", "ms-merge-p99", " ms")
      row("merging a report during a flush, p50", "ms-merge-p50-flushing", " ms")
      row("merging a report during a flush, p99", "ms-merge-p99-flushing", " ms")
    }'
}

flush() {
  need_postgres
  node_benchmark Flush 1x | flush_table
}

# one_table prints the rows of a test's output as one table: each case tells its own with the heading, which is printed once.
one_table() { awk '{ sub(/^ +/, "") } /^\|/ && !told[$0]++'; }

# faults prints what the tests of machines with faults tell, in this order.
faults() {
  local name
  for name in TestLosses TestOutage TestRestart; do
    checked go test -count 1 -v -run "^$name\$" ./consensus/writing
  done
}

statements() {
  say "statements, $machines machines"
  need_postgres
  # The networks end in no order; a heading counts as 0.
  SIM_NODES=$machines checked go test -count 1 -timeout 30m -v -run '^TestHonestStatements$' ./consensus/writing | one_table | sort -s -t '|' -k 2,2n
  echo
  faults | one_table
  echo
  say "statements, $whole_nodes whole nodes"
  SIM_NODES=$whole_nodes checked go test -count 1 -timeout 30m -v -run '^Test(ClusterWriting|PostgresStatements)$' ./test | one_table
}

# api_table turns the lines of BenchmarkLatest into a line a figure: the middle of the turns, and that of the ratios within a turn.
api_table() {
  awk "$MEDIAN"'
    {
      name = $1 ~ /\/node/ ? "node" : "bare"
      turns = ++count[name]
      for (i = 3; i < NF; i += 2) value[name, $(i + 1), turns] = $i
    }
    function of(name, unit, i, list) {
      for (i = 1; i <= turns; i++) list[i] = value[name, unit, i]
      return median(list, turns)
    }
    function row(what, figure, unit, i, ratio, middle) {
      for (i = 1; i <= turns; i++) ratio[i] = value["node", figure, i] / value["bare", figure, i]
      middle = median(ratio, turns)
      printf "| %s | %.0f%s | %.0f%s | %.2f | %.2f to %.2f |\n", what, of("node", figure), unit, of("bare", figure), unit, middle, ratio[1], ratio[turns]
    }
    END {
      print "| | node | bare handler | node by bare handler | range |"
      print "|---|---|---|---|---|"
      row("requests a second", "requests/s", "")
      row("processor time a request, the client included", "cpu-us/request", " us")
    }'
}

api() { node_benchmark Latest "$api_time" | api_table; }

main() {
  local part
  if [ "${1:-}" = --quick ]; then
    repeats=3 bench_time=0.1s load_time=30s idle_seconds=20 turns=1 api_time=3s machines=64 whole_nodes=16
    shift
  fi
  need_go
  need_gcc
  [ $# -gt 0 ] || set -- "${PARTS[@]}"
  for part; do
    case " ${PARTS[*]} " in
      *" $part "*) write_section "$DOCUMENT" "$part" "$part" ;;
      *) die "no part $part; there are ${PARTS[*]}" ;;
    esac
  done
  say "$DOCUMENT is written, $SECONDS s"
}

main "$@"
