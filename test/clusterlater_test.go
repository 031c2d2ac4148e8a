package test_test

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// A member of a later version sends reports with fields that this one does not know, more of them than one blames a peer
// for. They count as ever, and nobody is blamed: neither the sender nor those who passed them on.
func TestClusterLaterVersion(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 3)
		honest, later := seats[:3], seats[3]
		x := c.tap(50)
		c.meshed(honest...)
		unknown := protowire.AppendString(protowire.AppendTag(nil, 1000, protowire.BytesType), "of a later version")
		for range 6 {
			round := c.nextRound()
			pass(2 * time.Second)
			if err := x.topic.Publish(t.Context(), slices.Concat(c.propose(later, round, 0), unknown)); err != nil {
				t.Fatal(err)
			}
			c.settle()
			c.expectRows(round, seats...)
		}
		for _, s := range honest {
			if sums := sumMetrics(c, s.metrics); sums["peers_cut_total"] != 0 || sums["messages_total rejected"] != 0 {
				t.Errorf("node%d cut %v peers and rejected %v messages", s.number, sums["peers_cut_total"], sums["messages_total rejected"])
			}
		}
	})
}
