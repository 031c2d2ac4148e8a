#!/usr/bin/env bash
# Runs an earlier version beside this one: four nodes of it, then two of each on one network, then four of this one, all on the
# same data folders. In each phase every node's price must be stored with a quorum, and at the end every row must verify.
# usage: scripts/upgrade.sh [REF]
#
# REF is a tag or commit; default: the newest tag before HEAD. While there is none the script says so, and takes the commit
# before HEAD instead: that proves little about upgrades, but that the script works. It needs git, Go and a C compiler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

readonly NODES=4 QUORUM=3
readonly PHASE_WAIT=90 # seconds for two whole rounds; one takes 3 s, and its prices 5 s more
readonly STOP_WAIT=10  # seconds in which a node must end

work=$(mktemp -d)
declare -A pids=() # by name: boot, replay, node1 ..

# version_before prints what to compare with.
version_before() {
  local commit=HEAD tag
  if git describe --exact-match --tags HEAD >/dev/null 2>&1; then commit=HEAD^; fi
  if tag=$(git describe --tags --abbrev=0 "$commit" 2>/dev/null); then
    echo "$tag"
    return
  fi
  say "NO TAGGED RELEASE YET: no upgrade from a release was tried; trying the script itself with the commit before HEAD"
  git rev-parse --verify --quiet HEAD^ || die "nothing was compared: this clone has no commit before HEAD; name one"
}

# build makes both binaries.
build() {
  git worktree add --quiet --detach "$work/tree" "$1"
  say "building $(git -C "$work/tree" log -1 --format='%h %s') and the working tree"
  (cd "$work/tree" && go build -trimpath -o "$work/old" ./cmd/gossip-price)
  go build -trimpath -o "$work/new" ./cmd/gossip-price
}

# with runs a command with these settings alone: with [NAME=VALUE..] COMMAND..
with() { env -i PATH="$PATH" HOME="$work" "$@"; }

# launch starts a process whose log is NAME.log: launch NAME [NAME=VALUE..] COMMAND..
launch() {
  local name=$1
  shift
  (exec env -i PATH="$PATH" HOME="$work" "$@") >>"$work/$name.out" 2>>"$work/$name.log" &
  pids[$name]=$!
}

# finish stops a process and checks that it ends in time and well.
finish() {
  local name=$1 pid=${pids[$1]} begin=$SECONDS
  unset "pids[$name]"
  kill -TERM "$pid"
  wait "$pid" || die "$name ended with $?: $(tail -n 3 "$work/$name.log")"
  [ $((SECONDS - begin)) -le "$STOP_WAIT" ] || die "$name took $((SECONDS - begin)) s to stop"
}

cleanup() {
  local status=$? pid
  for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null
  git worktree remove --force "$work/tree" 2>/dev/null || true
  if [ "$status" = 0 ]; then rm -rf "$work"; else say "the logs are in $work"; fi
}

# field prints a text field of the JSON object on stdin.
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }

free_port() {
  local port
  while port=$((20000 + RANDOM)); (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

# settle_in makes keys and the settings that all processes share.
settle_in() {
  local i made signers=()
  for ((i = 1; i <= NODES; i++)); do
    made=$("$work/new" keygen --json --out "$work/node$i/node.key")
    signers+=("$(field address <<<"$made")")
  done
  made=$("$work/new" keygen --json --out "$work/boot/node.key")
  roster=$(IFS=, && echo "${signers[*]}")
  boot_addr=/ip4/127.0.0.1/tcp/$(free_port)
  shared=(
    GP_NETWORK=upgrade "GP_SIGNERS=$roster" "GP_MINIMUMSIGNERCOUNT=$QUORUM" "GP_DATABASEURL=sqlite:$work/prices.db"
    GP_FETCHPRICEINTERVAL=3s GP_SETTLEPERIOD=1s GP_FLUSHINTERVAL=1s GP_APIADDR=127.0.0.1:0
    "GP_BOOTSTRAPADDR=$boot_addr/p2p/$(field peer_id <<<"$made")"
  )
  launch replay "$work/new" replay-prices --addr 127.0.0.1:0
  wait_for 10 "recorded prices" grep -q 'http://' "$work/replay.log"
  shared+=("GP_PRICEURL=$(grep -o 'http://[0-9.:]*' "$work/replay.log")")
}

boot() { launch boot "${shared[@]}" GP_BOOTSTRAP=true "GP_CONNECTIONADDR=$boot_addr" "GP_DATADIR=$work/boot" "$work/$1"; }
start() { launch "node$2" "${shared[@]}" GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/0 "GP_DATADIR=$work/node$2" "$work/$1"; }

# whole prints how many rounds have a row of every node.
whole() {
  with "${shared[@]}" "$work/new" prices --all --json 2>/dev/null | field round_time | sort | uniq -c |
    awk -v want="$NODES" '$1 == want { n++ } END { print n + 0 }'
}

more_whole() { [ "$(whole)" -ge "$1" ]; }

# wait_for polls a command until it succeeds: wait_for SECONDS WHAT COMMAND..
wait_for() {
  local limit=$1 what=$2 begin=$SECONDS
  shift 2
  until "$@"; do
    [ $((SECONDS - begin)) -lt "$limit" ] || die "waited $limit s in vain for $what"
    sleep 1
  done
  say "$what, after $((SECONDS - begin)) s"
}

# phase waits for two rounds more that have the price of every node.
phase() { wait_for "$PHASE_WAIT" "$1: two more rounds with the prices of all nodes" more_whole $(($(whole) + 2)); }

main() {
  need git git
  need_go
  need_gcc
  trap cleanup EXIT
  local i ref=${1:-}
  [ -n "$ref" ] || ref=$(version_before)
  ref=$(git describe --tags --always "$ref")
  build "$ref"
  settle_in
  boot old
  for ((i = 1; i <= NODES; i++)); do start old "$i"; done
  phase "four of $ref"
  for i in 1 2; do finish "node$i" && start new "$i"; done
  phase "two of $ref and two of this version"
  finish boot && boot new
  for i in 3 4; do finish "node$i" && start new "$i"; done
  phase "four of this version"
  for ((i = 1; i <= NODES; i++)); do finish "node$i"; done
  with "${shared[@]}" "$work/new" prices --all --json 2>/dev/null | with "${shared[@]}" "$work/new" verify --signers "$roster" \
    --quorum "$QUORUM" >"$work/verified" || die "rows do not verify: $(tail -n 3 "$work/verified")"
  if grep -hE 'level=ERROR|"level":"ERROR"|peer cut' "$work"/*.log; then die "a node told of errors"; fi
  say "upgraded from $ref in $SECONDS s: $(tail -n 1 "$work/verified")"
}

main "$@"
