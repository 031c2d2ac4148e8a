package api

import "github.com/prometheus/client_golang/prometheus/promhttp"

// routes is everything that the server answers. To add a route, add an entry: ask makes one that is answered with JSON by a node of
// some kind, a small interface beside the function; one with a handle of its own writes what it likes. The answer's type gets
// its schema by itself (schema.go has those of values that are strings in JSON), parameters are in params.go.
func (s *Server) routes() []route {
	// Signing waits for the journal too, and in a large network a view of it takes a while.
	journal := newGate(1, "records are read one request at a time")
	viewing := newGate(1, "the network is viewed one request at a time")
	telling := newGate(4, "four requests at a time are told of rounds") //nolint:mnd // each may copy a few MiB
	const noRecords, noNetwork, noRounds = "keeps no records", "sees no network", "remembers no rounds"
	// One connection to the price store is left to the flush.
	database := newGate(3, "prices are read by three requests at once")
	const noPrices = "has no prices"
	return []route{
		ask(s, route{path: "/healthz", summary: "The process lives."}, s.health),
		ask(s, route{path: "/readyz", summary: "Whether prices reach quorum and get stored; 503 with the reasons if not."}, ready),
		{
			path: "/metrics", summary: "Prometheus metrics.", media: "text/plain",
			handle: plain(promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{})),
		},
		{path: "/v1/openapi.json", summary: "This description, OpenAPI 3.1.", media: mediaJSON, handle: s.openapi()},
		ask(s, route{
			path: "/v1/prices", summary: "Stored prices with their proofs, the newest rounds first, page by page.",
			params:  []param{pairParam(), sinceParam(), untilParam(), limitParam(), cursorParam(), verifyParam()},
			without: noPrices, gate: database,
		}, prices),
		ask(s, route{
			path: "/v1/prices/latest", summary: "The price of a pair at present: the lower median of the latest complete round, with its proof.",
			params: []param{pairParam(), verifyParam()}, without: noPrices,
		}, latest),
		ask(s, route{
			path: "/v1/prices/{id}", summary: "One price with its proof, stored or on its way.",
			params: []param{inPath(idParam()), verifyParam()}, without: noPrices, gate: database,
		}, onePrice),
		{
			path: "/v1/stream", summary: "Prices as they are verified and stored, as Server-Sent Events.",
			params: []param{pairParam()}, media: mediaStream, handle: s.streams.handle,
		},
		ask(s, route{
			path: "/v1/evidence", summary: "Signers that this node has proof of fault against, newest rounds first.",
			params: []param{limitParam()}, without: noRecords, gate: journal,
		}, evidence),
		ask(s, route{
			path: "/v1/refusals", summary: "Prices that this node did not co-sign, with both prices and why, newest first.",
			params: []param{prefixParam(), pairParam(), roundParam(), limitParam()}, without: noRecords, gate: journal,
		}, refusals),
		ask(s, route{
			path: "/v1/rounds", summary: "The last rounds, newest first: who proposed, who signed, who refused and why, who wrote the rows.",
			params: []param{prefixParam(), pairParam(), limitParam()}, without: noRounds, gate: telling,
		}, storiesBehind(journal)),
		ask(s, route{
			path: "/v1/rounds/{round}", summary: "The story of one round, by the unix second at which it starts.",
			params: []param{inPath(roundParam()), pairParam()}, without: noRounds, gate: journal,
		}, story),
		ask(s, route{
			path: "/v1/network", summary: "The nodes as this one knows them, who received how much of whom, and what is wrong.",
			without: noNetwork, gate: viewing,
		}, network),
		ask(s, route{
			path: "/v1/checks", summary: "What this node finds when it looks at itself, with what it means and what to do.",
			without: "checks nothing",
		}, checks),
	}
}
