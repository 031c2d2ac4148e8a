#!/usr/bin/env bash
# Runs the compose cluster end to end: rows appear, each verifies, nodes can't change them, a node dies, rows go on, the node
# comes back.
# usage: [OFFLINE=1] scripts/compose-e2e.sh
#
# Prices come from the replay service, so that a run needs no internet. Where no image registry can be reached, or
# with OFFLINE=1, the base images are made by scripts/offline-images.sh. Where no engine runs, root on Debian gets one
# installed and started; elsewhere the script says so and ends well. Everything made is removed again but images.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/engine.sh
. scripts/engine.sh

readonly START_WAIT=180 # seconds until all containers are up, migration included
readonly ROWS_WAIT=90   # seconds for new rows: an interval, settle and flush are 20 s
readonly HEALTH_WAIT=60 # seconds until a restarted node is healthy
readonly QUORUM=3

# Short times, free ports and names of our own: a cluster of the user is left alone.
export COMPOSE_PROJECT_NAME="gossip-price-e2e-$$" GOSSIP_PRICE_IMAGE=gossip-price:e2e
export COMPOSE_FILE=docker-compose.yaml:docker-compose.offline.yaml
export GP_FETCHPRICEINTERVAL=10s GP_SETTLEPERIOD=5s GP_FLUSHINTERVAL=5s GP_MINIMUMSIGNERCOUNT=$QUORUM
export DB_PORT=0 NODE1_PORT=0 NODE2_PORT=0 NODE3_PORT=0 NODE4_PORT=0

started=                 # set once there may be containers to remove

compose() { "${compose[@]}" "$@"; }

sql() { compose exec -T db psql -U postgres -d gossip_price -At -c "$1" </dev/null | tr -d '\r'; }

build_image() {
  plain_builder
  VERSION=$(git describe --always --dirty 2>/dev/null || echo e2e)
  export VERSION
  compose build --quiet bootstrap >&2
  say "image $GOSSIP_PRICE_IMAGE: $(docker image inspect -f '{{.Size}}' "$GOSSIP_PRICE_IMAGE") bytes"
}

rows() { sql "SELECT count(*) FROM prices ${1:-}"; }
rows_reach() { [ "$(rows "${2:-}" || echo 0)" -ge "$1" ]; }

roster() { compose config | sed -n 's/^ *GP_SIGNERS: *//p' | tr -d "'\"" | head -n 1; }

# verify_rows checks every stored row with the binary alone: no network, no database, no settings.
verify_rows() {
  local proofs count
  count=$(rows)
  proofs=$(compose exec -T node1 /gossip-price prices --json --all </dev/null)
  [ "$(wc -l <<<"$proofs")" -ge "$count" ] || die "prices --json shows fewer than the $count rows of the table"
  docker run --rm -i --network none "$GOSSIP_PRICE_IMAGE" verify --signers "$(roster)" --quorum "$QUORUM" <<<"$proofs"
  [ "$(sql "SELECT count(*) FROM prices WHERE jsonb_array_length(sign_data) < $QUORUM")" = 0 ] ||
    die "a row has fewer than $QUORUM signatures"
}

# node_sql runs SQL as the nodes' role, with the password that the nodes have.
node_sql() {
  compose exec -T -e PGPASSWORD="${NODE_DB_PASSWORD:-development}" db \
    psql -h db -U gossip_price_node -d gossip_price -At -c "$1" </dev/null 2>&1
}

# refuse_changes checks that a node, and who breaks into it, can add rows and read them and nothing else.
refuse_changes() {
  local statement answer service
  [ "$(node_sql 'SELECT count(*) >= 4 FROM prices' | tr -d '\r')" = t ] || die "the nodes' role does not read prices"
  for statement in 'DELETE FROM prices' 'UPDATE prices SET price = 1' 'TRUNCATE prices' 'DROP TABLE prices' \
    'UPDATE price_store SET id = 0' "COPY prices TO PROGRAM 'cat'" 'SELECT * FROM pg_authid' 'CREATE TABLE mine (id text)'; do
    answer=$(node_sql "$statement") && die "the nodes' role is let to: $statement"
    case $answer in
    *'permission denied'* | *'must be owner'*) ;;
    *) die "$statement as the nodes' role: $answer" ;;
    esac
  done
  for service in node1 node2 node3 node4 bootstrap; do
    if docker inspect -f '{{.Config.Env}}' "$(compose ps -q "$service")" | grep -q 'postgres://postgres:'; then
      die "$service has the password of the database's owner"
    fi
  done
  say "the nodes' role can't change what is stored"
}

healthy() { [ "$(docker inspect -f '{{.State.Health.Status}}' "$(compose ps -q "$1")")" = healthy ]; }

# lose_a_node kills node4: the three others are a quorum. Then it returns and proposes again.
lose_a_node() {
  local address since
  address=$(roster | cut -d, -f4)
  compose kill node4 >&2
  since=$(sql 'SELECT now()')
  wait_for "$ROWS_WAIT" "rows go on without node4" rows_reach 3 "WHERE round_time > '$since'"
  since=$(sql 'SELECT now()')
  compose start node4 >&2
  wait_for "$HEALTH_WAIT" "node4 is healthy again" healthy node4
  wait_for "$ROWS_WAIT" "node4 proposes again" rows_reach 1 "WHERE first_signer = '$address' AND round_time > '$since'"
}

# stop_nodes: each must end by itself, code 0, within its grace period of 10 s.
stop_nodes() {
  local service code begin=$SECONDS
  compose stop node1 node2 node3 node4 bootstrap >&2
  for service in node1 node2 node3 node4 bootstrap; do
    code=$(docker inspect -f '{{.State.ExitCode}}' "$(compose ps -a -q "$service")")
    [ "$code" = 0 ] || die "$service ended with code $code"
  done
  say "all nodes stopped by themselves in $((SECONDS - begin)) s"
}

show() { sql "SELECT left(id, 10) AS id, pair, price, left(first_signer, 10) AS first_signer, jsonb_array_length(sign_data)
  AS signers, created_time FROM prices ORDER BY created_time DESC LIMIT 5"; }

# clean_up removes what this run made; after a failure it shows the ends of the logs first.
clean_up() {
  local status=$?
  trap - EXIT
  if [ -n "$started" ]; then
    if [ "$status" != 0 ]; then compose logs --no-color --tail=40 >&2 || true; fi
    compose down -v --remove-orphans --timeout 10 >/dev/null 2>&1 || say "compose down had errors"
  fi
  stop_engine
  exit "$status"
}

main() {
  trap clean_up EXIT
  if ! find_engine; then
    say "NOT RUN: no Docker engine answers, and none can be installed here"
    return
  fi
  base_images golang:1.26-bookworm postgres:17
  build_image
  started=yes
  timeout "$START_WAIT" "${compose[@]}" up -d >&2
  wait_for "$ROWS_WAIT" "the first rows" rows_reach 4
  verify_rows
  refuse_changes
  lose_a_node
  verify_rows
  show
  stop_nodes
  say "passed in $SECONDS s"
}

main
