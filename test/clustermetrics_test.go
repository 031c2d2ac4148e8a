package test_test

import (
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// What nodes count of the members, the rounds and the steps of prices is what happened; and who falls silent, or has no price,
// is seen.
func TestClusterMetrics(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		c.meshed(seats...)
		rounds := c.rounds(4)
		pass(2 * beats)
		for _, s := range seats {
			sums := sumMetrics(c, s.metrics)
			var credited float64
			for _, other := range seats {
				member := other.key.Address().String()[:10]
				credited += sums["member_cosignatures_total "+member]
				if n := sums["member_proposals_total "+member]; n < 4 || n > 7 {
					t.Errorf("node%d counts %v proposals of node%d in 4 rounds and those of the start and the end", s.number, n, other.number)
				}
			}
			if quorums := sums["steps_total price_quorum"]; credited < 2*quorums || quorums < 4*4 {
				t.Errorf("node%d counts %v co-signatures of %v prices", s.number, credited, quorums)
			}
			if sums["mesh_peers prices"] != 3 || sums["peers"] != 3 || sums["ready"] != 1 || sums["member_silent"] != 0 {
				t.Errorf("node%d: mesh %v, peers %v, ready %v", s.number, sums["mesh_peers prices"], sums["peers"], sums["ready"])
			}
			if last := sums["last_round_timestamp_seconds stored"]; last < float64(rounds[3]) || sums["rounds_total stored"] < 4 {
				t.Errorf("node%d stored %v rounds, the last at %v", s.number, sums["rounds_total stored"], last)
			}
			checkLatencies(c, s, sums)
		}
		c.halt(seats[3])
		seats[2].feed.set(0, true)
		pass(4 * beats)
		c.rounds(2)
		sums := sumMetrics(c, seats[2].metrics)
		if sums["member_silent "+seats[3].key.Address().String()[:10]] != 1 || sums["member_silent"] != 1 {
			t.Errorf("silent members: %v", sums["member_silent"])
		}
		if sums["source_errors_total other"] < 2 || sums["ready"] != 0 || sums["last_round_timestamp_seconds fetched"] >= float64(c.round()) {
			t.Errorf("source errors: %v, ready %v", sums["source_errors_total other"], sums["ready"])
		}
	})
}

// checkLatencies checks that each step was measured once, and within what is possible.
func checkLatencies(c *cluster, s *seat, sums map[string]float64) {
	c.t.Helper()
	families, err := s.metrics.Gather()
	if err != nil {
		c.t.Fatal(err)
	}
	histograms := make(map[string]*dto.Histogram)
	for _, f := range families {
		if f.GetType() == dto.MetricType_HISTOGRAM {
			histograms[f.GetName()] = f.GetMetric()[0].GetHistogram()
		}
	}
	latest := c.settings.SettlePeriod + 6*c.settings.FlushInterval
	for name, want := range map[string]struct {
		count       float64
		least, most time.Duration
	}{
		"gossip_price_fetch_seconds":  {sums["rounds_total fetched"], 99 * time.Millisecond, 200 * time.Millisecond},
		"gossip_price_quorum_seconds": {sums["steps_total price_quorum"], time.Millisecond, 2 * time.Second},
		"gossip_price_store_seconds":  {sums["steps_total price_stored"], c.settings.SettlePeriod, latest},
	} {
		h := histograms[name]
		mean := time.Duration(h.GetSampleSum() / float64(h.GetSampleCount()) * float64(time.Second))
		if float64(h.GetSampleCount()) != want.count || mean < want.least || mean > want.most {
			c.t.Errorf("node%d: %s has %d samples, mean %s, want %v within %s to %s", s.number, name, h.GetSampleCount(), mean,
				want.count, want.least, want.most)
		}
	}
}
