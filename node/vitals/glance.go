package vitals

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// Glance is what a look at a node has found.
type Glance struct {
	Standing

	Now     time.Time
	Peers   int // connected peers that listen to prices; of a bootstrap node all
	Members int // of the roster: itself, those connected and those heard of lately
	Prices  []Price
	Clock   Clock
	Faults  Faults
	Rounds  Progress
	Alarms  []consensus.Alarm // of the network, as this node sees it
	Machine Machine
}

// Price is how the last fetch of a pair ended.
type Price struct {
	Pair    string
	Fetched bool  // there was one
	Fault   error // nil: it gave a price
}

// Clock is how this node's clock is.
type Clock struct {
	Fault   string // why nothing is signed by it; empty: it is trusted
	Reading consensus.Reading
}

// Faults are what the parts of a node last said of themselves; nil is well.
type Faults struct{ Journal, Outbox, Store, Rows error }

// Machine is what a look at disks and the database has found, some time ago.
type Machine struct {
	Free     uint64 // bytes of the data folder's disk
	FreeErr  error  // why Free is not known
	KeyFile  string // empty: the key is in the settings
	KeyErr   error  // what is wrong with the key file
	Excess   []string
	Backlog  int
	OldestIs time.Duration // for how long the oldest of them has waited
}

// Standing is what the settings make of a node.
type Standing struct {
	Policy    consensus.Policy
	Flush     time.Duration // GP_FLUSHINTERVAL
	Bootstrap bool
}
