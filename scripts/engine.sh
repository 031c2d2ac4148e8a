# A Docker engine for scripts that need one, on top of lib.sh; sourced, not run.
# shellcheck shell=bash disable=SC2034 # what is set here is used there

readonly ENGINE_WAIT=60 # seconds until a started engine answers
readonly ENGINE_STOP=60 # seconds until it has ended: it lets containers stop first
readonly PROBE_WAIT=20  # seconds for a registry to answer
readonly PULL_WAIT=300  # seconds for a base image

compose=(docker-compose) # or (docker compose)
engine_pid=              # of the engine that the script started
engine_log=              # the file of what it says

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

engine_answers() { docker info >/dev/null 2>&1; }
engine_ended() { ! kill -0 "$engine_pid" 2>/dev/null; }
# engine_up asks the engine that was started; it does not wait for one that has ended.
engine_up() {
  engine_answers && return
  ! engine_ended || die "dockerd ended: $(tail -n 3 "$engine_log")"
  return 1
}

# find_compose takes version 1 where it is, else version 2.
find_compose() {
  have docker-compose && return
  docker compose version >/dev/null 2>&1 && compose=(docker compose)
}

# start_engine starts dockerd for the time of this run.
start_engine() {
  engine_log=$(mktemp)
  say "starting dockerd, its log is in $engine_log"
  dockerd >"$engine_log" 2>&1 &
  engine_pid=$!
  wait_for "$ENGINE_WAIT" "the engine answers" engine_up
}

# stop_engine stops what start_engine started, and waits for its end: beside one that is still stopping no other starts.
stop_engine() {
  [ -n "$engine_pid" ] && kill "$engine_pid" 2>/dev/null || return 0
  wait_for "$ENGINE_STOP" "the engine ended" engine_ended
}

# find_engine installs and starts what is missing; it fails where there is none and none can be had.
find_engine() {
  if ! engine_answers; then
    can_install || return 1
    have dockerd || apt_install docker.io
    start_engine
  fi
  find_compose && return
  can_install || return 1
  apt_install docker-compose
}

# from_registry fetches an image unless it is here: from_registry IMAGE
from_registry() {
  docker image inspect "$1" >/dev/null 2>&1 && return
  timeout "$PROBE_WAIT" docker manifest inspect "$1" >/dev/null 2>&1 && timeout "$PULL_WAIT" docker pull -q "$1" >&2
}

# base_images selects the base images: those of the registry, or stand-ins made here: base_images IMAGE..
base_images() {
  local image selection all=yes
  for image; do
    if [ -n "${OFFLINE:-}" ] || ! from_registry "$image"; then
      all=
      break
    fi
  done
  [ -z "$all" ] || return 0
  say "no registry (or OFFLINE is set): local base images"
  selection=$(scripts/offline-images.sh)
  eval "$selection"
}

# plain_builder: a client without buildx must not be asked for BuildKit.
plain_builder() { docker buildx version >/dev/null 2>&1 || export DOCKER_BUILDKIT=0; }
