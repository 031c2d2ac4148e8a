#!/usr/bin/env bash
# Measures what a network costs that has nothing to do: real processes on loopback, a bootstrap node and five gossip nodes, so
# that each has four peers, and at the same time six processes of the bare libraries that do nothing at all. Prints a table: memory, CPU,
# time to be ready.
# usage: scripts/idle.sh [SECONDS to measure, default 60]
#
# Linux only: it reads /proc. Rounds are 10 min, as by default; prices are recorded ones.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

readonly NODES=5 PATIENCE=60 # seconds until a node must be ready

folder=$(mktemp -d)
pids=()
cleanup() {
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT

# free_ports prints so many ports that nobody listens on.
free_ports() {
  local count=$1 port=${2:-20000} used
  used=$(awk 'FNR > 1 { split($2, a, ":"); print a[2] }' /proc/net/tcp /proc/net/tcp6)
  while [ "$count" -gt 0 ]; do
    grep -qi "^$(printf %04X "$port")$" <<<"$used" || { echo "$port" && count=$((count - 1)); }
    port=$((port + 7))
  done
}

# launch NAME starts a node; its settings are exported by the caller.
launch() {
  GP_DATADIR="$folder/$1" GP_LOGLEVEL=warn "$folder/gossip-price" >"$folder/$1.log" 2>&1 &
  pids+=($!)
}

now_ms() { date +%s%3N; }

# peers API prints how many peers of the topic a node has.
peers() { curl -sf "http://$1/metrics" | awk '$1 == "gossip_price_peers" { print $2 }'; }

# await_ready API waits until a node is ready and sees all others.
await_ready() {
  local end=$((SECONDS + PATIENCE))
  until [ "$(peers "$1")" = $((NODES - 1)) ] && curl -sf -o /dev/null "http://$1/readyz"; do
    [ "$SECONDS" -lt "$end" ] || die "a node was not ready in $PATIENCE s: $(tail -n 3 "$folder"/*.log)"
    sleep 0.02
  done
}

# launch_bare starts the bare libraries, each connected to all others.
launch_bare() {
  local i bare=()
  for i in $(seq 0 "$NODES"); do
    "$folder/idle" "${bare[@]}" >"$folder/bare$i" &
    pids+=($!)
    for _ in $(seq 100); do
      [ ! -s "$folder/bare$i" ] || break
      sleep 0.1
    done
    bare+=("$(cat "$folder/bare$i")")
  done
}

# field NAME PID prints a size of /proc/PID/status in KiB; ticks PID the CPU time in clock ticks.
field() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$2/status"; }
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

mib() { awk -v kib="$1" 'BEGIN { printf "%.1f", kib / 1024 }'; }

# row NAME PID CPU MEMORY_TARGET CPU_TARGET prints a row of the table.
row() {
  printf '| %s | %s MiB | %s MiB | %s %% | %s | %s |\n' "$1" "$(mib "$(field RssAnon "$2")")" "$(mib "$(field VmRSS "$2")")" "$3" "$4" "$5"
}

# percent TICKS SECONDS prints a part of one core.
percent() { awk -v t="$1" -v s="$2" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", 100 * t / hz / s }'; }

main() {
  local lasting=${1:-60} ports i began took before=() boot signers='' source
  need_go
  need_gcc
  need curl curl
  go build -trimpath -ldflags '-s -w' -o "$folder/" ./cmd/gossip-price ./test/idle
  mapfile -t ports < <(free_ports $((2 * NODES + 3)) $((20000 + RANDOM % 10000)))
  source=${ports[0]}
  "$folder/gossip-price" replay-prices --addr "127.0.0.1:$source" >"$folder/source.log" 2>&1 &
  pids+=($!)
  for i in $(seq 0 "$NODES"); do
    "$folder/gossip-price" keygen --json --out "$folder/$i.key" >"$folder/$i.json"
    [ "$i" = 0 ] || signers+=,$(sed -E 's/.*"address": *"([^"]*)".*/\1/' "$folder/$i.json")
  done
  boot=/ip4/127.0.0.1/tcp/${ports[1]}/p2p/$(sed -E 's/.*"peer_id": *"([^"]*)".*/\1/' "$folder/0.json")
  export GP_NETWORK=idle GP_SIGNERS=${signers#,} GP_PRICEURL=http://127.0.0.1:$source GP_DATABASEURL=sqlite:$folder/prices.db
  GP_BOOTSTRAP=true GP_KEYFILE=$folder/0.key GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/${ports[1]} GP_APIADDR=127.0.0.1:${ports[2]} launch bootstrap
  for i in $(seq "$NODES"); do
    began=$(now_ms)
    GP_BOOTSTRAPADDR=$boot GP_KEYFILE=$folder/$i.key GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/${ports[2 * i + 1]} \
      GP_APIADDR=127.0.0.1:${ports[2 * i + 2]} launch "node$i"
  done
  await_ready "127.0.0.1:${ports[2 * NODES + 2]}"
  took=$(($(now_ms) - began))
  for i in $(seq "$NODES"); do await_ready "127.0.0.1:${ports[2 * i + 2]}"; done
  launch_bare
  sleep $((lasting / 2)) # the start is over
  for i in "${pids[@]}"; do before+=("$(ticks "$i")"); done
  sleep "$lasting"
  printf '| process | RssAnon | resident | of one core | target | |\n|---|---|---|---|---|---|\n'
  row 'bare libraries, five peers' "${pids[NODES + 2]}" "$(percent $(($(ticks "${pids[NODES + 2]}") - before[NODES + 2])) "$lasting")" '' ''
  row 'bootstrap node, five peers' "${pids[1]}" "$(percent $(($(ticks "${pids[1]}") - before[1])) "$lasting")" '12 MiB' ''
  for i in $(seq "$NODES"); do
    row "gossip node $i, four peers and the bootstrap node" "${pids[i + 1]}" \
      "$(percent $(($(ticks "${pids[i + 1]}") - before[i + 1])) "$lasting")" '16 MiB' '0.2 %'
  done
  printf '\nFrom the start of the last of five nodes to ready, with all four others in the topic: %s ms (target 2000).\n' "$took"
}

main "$@"
