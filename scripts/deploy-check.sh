#!/usr/bin/env bash
# Checks deploy/ with Prometheus' own tools: the configuration, the alert rules and their unit tests; then with a devnet that a real
# Prometheus scrapes: every expression of the alerts and of the dashboard must be answered without an error, and the dashboard's with data.
# usage: scripts/deploy-check.sh [SECONDS that the devnet is scraped for, default 60; 0 leaves that out]
#
# Where there is no promtool, Debian's package of Prometheus is downloaded and unpacked: installing it would start a server.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

readonly START_WAIT=90 # seconds until devnet and Prometheus answer
readonly DASHBOARD=deploy/grafana/dashboards/gossip-price.json

folder=$(mktemp -d)
pids=()
cleanup() {
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT

# need_prometheus makes sure that there are promtool and prometheus.
need_prometheus() {
  have promtool && have prometheus && return
  if ! have apt-get || ! have dpkg-deb; then die "promtool and prometheus are missing: install Prometheus"; fi
  say "downloading Debian's prometheus"
  apt-get update -qq >&2 || say "apt-get update had errors; going on with the lists there are"
  mkdir "$folder/package"
  (cd "$folder/package" && apt-get download -qq prometheus >&2) || die "Debian's prometheus can't be downloaded"
  dpkg-deb -x "$folder"/package/*.deb "$folder/package"
  PATH=$folder/package/usr/bin:$PATH
}

check_files() {
  promtool check config deploy/prometheus/prometheus.yml
  promtool check rules deploy/prometheus/alerts.yml
  promtool test rules deploy/prometheus/alerts_test.yml
}

# free_port prints a port that nobody listens on.
free_port() {
  local port
  for port in $(shuf -i 20000-29999 -n 50); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  die "no free port"
}

# await URL waits until it answers.
await() {
  local end=$((SECONDS + START_WAIT))
  until curl -sf -o /dev/null "$1"; do
    [ "$SECONDS" -lt "$end" ] || die "$1 does not answer in $START_WAIT s: $(tail -n 3 "$folder"/*.log)"
    sleep 0.5
  done
}

# scrape starts a devnet and a Prometheus with the rules of deploy/, and prints the latter's address: scrape NODE SERVER
scrape() {
  go build -o "$folder/gossip-price" ./cmd/gossip-price
  "$folder/gossip-price" devnet --nodes 4 --interval 2s --settle 1s --flush 2s --data "$folder/devnet" --api "$1" \
    --prices global/price/eth-usd-coinbase-1m.csv >"$folder/devnet.log" 2>&1 &
  pids+=($!)
  cp deploy/prometheus/alerts.yml "$folder"
  sed -E -e 's/(scrape|evaluation)_interval: .*/\1_interval: 1s/' -e "s/targets: .*bootstrap.*/targets: []/" \
    -e "s/targets: .*node1.*/targets: [\"$1\"]/" deploy/prometheus/prometheus.yml >"$folder/prometheus.yml"
  prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/data" --web.listen-address="$2" >"$folder/prometheus.log" 2>&1 &
  pids+=($!)
  await "http://$1/readyz"
  await "http://$2/-/ready"
}

# check_rules SERVER: all alerts were evaluated without an error.
check_rules() {
  local rules
  rules=$(curl -sf "http://$1/api/v1/rules")
  jq -r '.data.groups[].rules[] | "\(.name): \(.health) \(.state) \(.lastError // "")"' <<<"$rules"
  [ "$(jq '[.data.groups[].rules[] | select(.health != "ok")] | length' <<<"$rules")" = 0 ] || die "an alert can't be evaluated"
}

# check_panels SERVER: each query of the dashboard gives series. That of a quantity which never occurs in a healthy network has them too,
# for every series is there from the start.
check_panels() {
  local title expr answer count empty=0
  while IFS=$'\t' read -r title expr; do
    expr=${expr//\$instance/.*}
    expr=${expr//\$__rate_interval/30s}
    answer=$(curl -s --data-urlencode "query=$expr" "http://$1/api/v1/query")
    [ "$(jq -r .status <<<"$answer")" = success ] || die "panel $title: $(jq -r .error <<<"$answer")"
    count=$(jq '.data.result | length' <<<"$answer")
    echo "$title: $count series, the first $(jq -r '.data.result[0].value[1] // "none"' <<<"$answer")"
    [ "$count" -gt 0 ] || empty=$((empty + 1))
  done < <(jq -r '.panels[] | .title as $title | .targets[]? | "\($title)\t\(.expr)"' "$DASHBOARD")
  [ "$empty" = 0 ] || die "$empty queries without data"
}

main() {
  local lasting=${1:-60} node server
  need_prometheus
  jq --version >/dev/null 2>&1 || need jq jq
  check_files
  [ "$lasting" != 0 ] || return 0
  need curl curl
  need_go
  node=127.0.0.1:$(free_port)
  server=127.0.0.1:$(free_port)
  scrape "$node" "$server"
  say "Prometheus scrapes a devnet for $lasting s"
  sleep "$lasting"
  say "$(curl -sf "http://$node/metrics" | wc -c) bytes a scrape, $(curl -sf "http://$node/metrics" | grep -vc '^#') series"
  check_rules "$server"
  check_panels "$server"
  say "passed in $SECONDS s"
}

main "$@"
