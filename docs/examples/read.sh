#!/bin/sh
# Prices with curl and jq, from a node or whoever passes its answers on.
# usage: read.sh API ROSTER QUORUM     such as: read.sh http://127.0.0.1:9000 roster.txt 3
set -eu
api=$1 roster=$2 quorum=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ask writes an answer into a file; or it shows the problem, and the script ends.
ask() {
  curl --silent --show-error --fail-with-body --max-time 10 --output "$work/$1" "$api$2" && return
  code=$?
  cat "$work/$1" >&2
  exit $code
}

# The price at present, and its proof, held against one's own list of signers. An old price is no price.
ask latest '/v1/prices/latest?pair=ETH-USD'
jq -r '"\(.pair) \(.price), \(.age) ms old, \(.count) prices by \(.signers) signers, \(.spread) millionths apart"' "$work/latest"
jq -e '.stale | not' "$work/latest" >/dev/null || { echo "the price is stale" >&2; exit 1; }
jq -c .proof "$work/latest" | gossip-price verify --signers "$roster" --quorum "$quorum"

# All prices of the last hour, page by page: one proof a line.
since=$(($(date +%s) - 3600)) cursor=
until [ "$cursor" = null ]; do
  ask page "/v1/prices?pair=ETH-USD&since=$since&limit=100${cursor:+&cursor=$cursor}"
  jq -c '.prices[]' "$work/page" >>"$work/proofs"
  cursor=$(jq -r .next "$work/page")
done
gossip-price verify --signers "$roster" --quorum "$quorum" "$work/proofs"
