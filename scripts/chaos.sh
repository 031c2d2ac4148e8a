#!/usr/bin/env bash
# Runs a cluster under faults that are drawn from a seed, and checks that nothing is lost, nothing false is stored and everything
# recovers: five nodes, a bootstrap node and PostgreSQL in containers, built with the race detector (docs/reliability.md).
# usage: scripts/chaos.sh --minutes M --seed S [--replay EVENTLOG] [--out FOLDER]
#        PROCESSES=1 scripts/chaos.sh ..     without containers
#
# Where no engine runs, root on Debian gets one installed and started; elsewhere the nodes run as processes, faults of the network and
# of a full disk are left out, and both the log and the result say so. The result is a table on stdout; the event log, the result and
# the logs of all nodes stay in the folder. The exit code is 0 if every invariant held, 1 if one did not, 2 if no run could be made.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/engine.sh
. scripts/engine.sh

readonly IMAGE="gossip-price:chaos-$$"

built=$(mktemp -d)
image= # once it is built
chaos= # the pid of the run

clean_up() {
  local status=$?
  trap - EXIT INT TERM
  if [ -n "$chaos" ] && kill -0 "$chaos" 2>/dev/null; then
    kill "$chaos" || true # it ends the cluster
    wait "$chaos" || true
  fi
  [ -z "$image" ] || docker rmi -f "$image" >/dev/null 2>&1 || true
  rm -rf "$built"
  stop_engine
  exit "$status"
}

# build makes the nodes' binary, static so that it runs in an empty image, and the chaos program.
build() {
  local complaints=$built/complaints
  say "building with the race detector"
  # The linker warns of each function of libc that a static binary should not use; none is: GODEBUG=netdns=go.
  go build -race -tags chaos -ldflags '-linkmode external -extldflags -static' -o "$built/gossip-price" ./cmd/gossip-price \
    2>"$complaints" || die "$(cat "$complaints")"
  go build -o "$built/chaos" ./test/chaos
}

# build_image puts the binary into an image of its own.
build_image() {
  plain_builder
  mkdir "$built/image"
  ln "$built/gossip-price" "$built/image/"
  docker build -q -t "$IMAGE" -f test/chaos/Dockerfile "$built/image" >/dev/null 2>"$built/complaints" ||
    die "$(cat "$built/complaints")"
  image=$IMAGE
}

# postgres_folder prints where initdb and postgres are.
postgres_folder() {
  local folder
  for folder in "${TEST_POSTGRESBIN:-}" "$(dirname "$(command -v postgres || echo /nowhere/postgres)")" /usr/lib/postgresql/*/bin; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
      echo "$folder"
      return
    fi
  done
  die "PostgreSQL is missing: set TEST_POSTGRESBIN (folder with initdb and postgres)"
}

main() {
  local folder status=0
  local -a arguments
  need_go
  need_gcc
  if [ -z "${PROCESSES:-}" ] && find_engine; then
    base_images postgres:17
    build
    build_image
    arguments=(--image "$IMAGE" --compose "${compose[*]}")
  else
    say "NO ENGINE (or PROCESSES is set): the nodes run as processes, WITHOUT the faults of network and disk"
    build
    folder=$(postgres_folder)
    arguments=(--binary "$built/gossip-price" --postgres "$folder")
  fi
  "$built/chaos" "$@" "${arguments[@]}" &
  chaos=$!
  wait "$chaos" || status=$?
  [ "$status" = 0 ] || exit "$status"
  say "passed in $SECONDS s"
}

trap clean_up EXIT INT TERM
main "$@"
