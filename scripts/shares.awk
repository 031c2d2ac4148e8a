# Reads `go tool pprof -traces` of a CPU profile of test/load and prints which work took which share: each sample counts for the
# first kind of work that its stack shows.

function kind(stack) {
  if (stack ~ /Ecrecover/) return "recovering signatures"
  if (stack ~ /crypto\.Sign|secp256k1\.Sign/) return "making signatures"
  if (stack ~ /store\.\(\*Journal\)|modernc\.org\/sqlite/) return "journals: every signature and certificate on disk"
  if (stack ~ /postgresPrices|jackc\/pgx/) return "price store: rows made, sent and confirmed"
  if (stack ~ /gossip-price\/consensus/) return "engine: decoding, digests, merging, deciding"
  if (stack ~ /gossip-price\/(node|gossip)\./) return "the rest of the node"
  if (stack ~ /gcBgMarkWorker|gcAssist|bgsweep|bgscavenge/) return "collecting garbage"
  if (stack ~ /go-libp2p-pubsub|yamux|noise|go-libp2p|kad-dht|multiformats/) return "gossipsub and its connections"
  return "scheduling goroutines, timers and the test itself"
}

function take() {
  if (value != "") { sum[kind(stack)] += value; all += value }
  value = stack = ""
}

/^-----------/ { take(); next }
{
  line = $0
  if (value == "" && match(line, /^ +[0-9.]+(us|ms|s) /)) {
    value = substr(line, RSTART, RLENGTH) + 0
    unit = substr(line, RSTART, RLENGTH)
    if (unit ~ /us/) value /= 1000
    else if (unit !~ /ms/) value *= 1000
  }
  stack = stack " " line
}
END {
  take()
  for (k in sum) printf "%.1f|%s\n", 100 * sum[k] / all, k
}
