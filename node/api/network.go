package api

import (
	"context"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Network is the network as a node knows it from the heartbeats. Times are RFC 3339, UTC, milliseconds, on the node's
// clock where nothing else is said; lengths of time are milliseconds. Places are those of Members, from 0.
type Network struct {
	Time     consensus.Time  `json:"time"`
	Name     string          `json:"network"`
	Self     signing.Address `json:"self"`
	Clock    Clock           `json:"clock"`
	Interval int64           `json:"heartbeat_interval"` // how often each member sends a heartbeat
	Members  []Member        `json:"members"`            // the roster by address; of an open network those that were heard of
	Findings []Finding       `json:"findings"`           // what is wrong, the oldest first
}

// Clock is how this node's clock compares with the others'.
type Clock struct {
	Offset *int64 `json:"offset"`          // this node's less the median of the others': positive when it is ahead; null: too few to tell
	Heard  int    `json:"heard"`           // how many clocks were compared
	Needed int    `json:"needed"`          // how many are needed
	Fault  string `json:"fault,omitempty"` // why the node signs nothing at present
}

// Member is one member of the roster. What follows LastHeard is what its last heartbeat said, and null or absent if there
// was none.
type Member struct {
	Address     signing.Address `json:"address"`
	PeerID      string          `json:"peer_id,omitempty"` // of those that are connected to this node, and of itself
	Silent      bool            `json:"silent"`
	LastHeard   *consensus.Time `json:"last_heard"`
	ClockOffset *int64          `json:"clock_offset"`      // its clock less this node's, when it was last heard; null: not known
	Started     *consensus.Time `json:"started,omitempty"` // on its clock
	Version     string          `json:"version,omitempty"`
	Differs     []string        `json:"settings_differ,omitempty"` // from this node's, in words
	Store       string          `json:"store,omitempty"`
	Backlog     uint64          `json:"backlog"`
	BacklogAge  int64           `json:"backlog_age"`
	LastRow     *consensus.Time `json:"last_row,omitempty"` // start of the round of the last price that it knows to be stored
	Quorums     uint64          `json:"quorums"`            // since its start
	Refusals    uint64          `json:"refusals"`           // since its start
	Peers       uint64          `json:"peers"`
	Connected   []int           `json:"connected"` // places of the members that it has as peers
	Received    []Received      `json:"received"`  // what of other members' prices has come to it; one entry in networks of up to 256
}

// Received is how many prices came, by gossip, of the members from a place on, in the last rounds.
type Received struct {
	Until  consensus.Time `json:"until"` // start of the last round that is counted
	Rounds int            `json:"rounds"`
	First  int            `json:"first"`
	Prices []uint16       `json:"prices"`
}

// Finding is something that is wrong.
type Finding struct {
	Kind   consensus.Trouble `json:"kind"`
	Member signing.Address   `json:"member"`
	Other  *signing.Address  `json:"other,omitempty"`
	Text   string            `json:"text"`
	Since  consensus.Time    `json:"since"`
}

// Observer is a node that sees the network.
type Observer interface {
	Network() Network
}

func network(_ context.Context, n Observer, _ query) (Network, error) { return n.Network(), nil }
