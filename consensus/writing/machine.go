package writing

import (
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Config is what a machine is told about its network and its node.
type Config struct {
	Network  string
	Self     signing.Address
	Roster   consensus.Roster
	Quorum   int
	Interval time.Duration // GP_FLUSHINTERVAL
	Settle   time.Duration
	Skew     time.Duration // how far clocks may be apart
	// Former are the terms by which this node took certificates before, at most as many as its journal keeps.
	Former []consensus.Term
	// Alone says that no other node writes to the store. So is a member of a roster of one, and nobody waits for others in an
	// open network.
	Alone bool
}

const (
	// maxAudits bounds the audits that a node waits for before it drops a certificate on others' word.
	maxAudits = 8
	// memory is how long notices are remembered at least; minWindows if those take longer.
	memory     = time.Hour
	minWindows = 64
	// maxIDs bounds the announced ids in memory: more than a node looks at in its outbox. Beyond it whoever announced the
	// most loses the oldest notice, and what it covered is written again.
	maxIDs = 1 << 17
	// maxLacking bounds the ids that are remembered as lacking; they are of the node's own outbox.
	maxLacking = 1 << 14
	// maxFindings bounds the findings that are kept: the last ones.
	maxFindings = 256
	// maxTold bounds the findings of one reading: a liar may announce thousands of rows.
	maxTold = 64
)

// Machine is one node's view of who wrote what to its store. It is safe for concurrent use.
type Machine struct {
	cfg Config

	mu      sync.Mutex // guards all below; never held while a signature is recovered
	rota    rota
	store   string // the id of the node's own store; empty: not known yet
	notices map[signing.Digest]*notice
	oldest  []*notice                                                // all notices, in the order in which they came
	covers  map[signing.Digest]*notice                               // by row: the first notice that announced it and was not contradicted
	lacking map[signing.Digest]*lack                                 // rows of held certificates that somebody found lacking
	held    map[signing.Digest]struct{}                              // the outbox when it was last looked at
	seen    map[signing.Digest]struct{}                              // those of held whose rows this node has read back, and they are proofs
	audits  []consensus.Audit                                        // of windows of which messages are still taken
	said    map[consensus.Window]map[signing.Address]*signerInWindow // the same windows
	ids     int                                                      // of all notices
	by      map[signing.Address]int                                  // ids of each writer's notices

	idle     int              // windows in a row at whose end this node held rows that were due before and that nobody had announced
	rolled   consensus.Window // the window that idle was last brought up to
	heard    time.Time        // when another node of this store was last heard; zero: never
	alone    bool             // this node has had all turns to itself and heard nobody
	stuck    consensus.Window // the last window in which another node told, in its turn, that it could not write
	works    time.Time        // when another node last told that the store takes rows or gives them back
	took     time.Time        // when another node last told that it takes rows
	wrote    consensus.Window // the last window in which this node wrote
	own      spoken
	front    map[consensus.Window]time.Time // of the windows of which messages are still taken: see advance
	findings []Finding
}

// notice is a notice about the node's own store.
type notice struct {
	consensus.Notice
	digest   signing.Digest
	auditors map[signing.Address]struct{} // but for its writer; at most the roster
	rest     []signing.Digest             // what this node has not read of it; of an own one only what the store did not return as new
	lacks    []signing.Digest             // what it has read and is not there
	unproven bool                         // it has read a row that it can't judge
	read     bool                         // by this node itself, all of it
	denied   bool                         // an auditor found one of its rows lacking
}

// spoken counts the notices that this node made in a window.
type spoken struct {
	window  consensus.Window
	notices int
}

// lack is a row that was announced and found lacking by somebody, who may lie.
type lack struct {
	since     consensus.Window
	told      bool                         // this node found it lacking itself
	confirmed map[signing.Address]struct{} // auditors who have seen it, so they say; at most the roster
}

// New returns a machine that knows of nothing yet. The interval is a whole number of milliseconds.
func New(cfg Config) *Machine {
	members := cfg.Roster.Places()
	if len(members) == 0 || len(members) == 1 && members[0] == cfg.Self {
		cfg.Alone = true
	}
	return &Machine{
		cfg: cfg,
		rota: rota{
			members: members, interval: cfg.Interval, orders: make(map[uint64]map[signing.Address]int, maxOrders),
		},
		notices: make(map[signing.Digest]*notice),
		covers:  make(map[signing.Digest]*notice),
		lacking: make(map[signing.Digest]*lack),
		held:    make(map[signing.Digest]struct{}),
		seen:    make(map[signing.Digest]struct{}),
		front:   make(map[consensus.Window]time.Time),
		said:    make(map[consensus.Window]map[signing.Address]*signerInWindow),
		by:      make(map[signing.Address]int),
		alone:   cfg.Alone,
	}
}

// SetStore tells the id of the node's own store. With another id than before all that was said of the former one is forgotten; who
// said how much is not, for that bounds what is passed on, nor what this node found.
func (m *Machine) SetStore(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id == m.store {
		return
	}
	for len(m.oldest) > 0 {
		m.forget(m.oldest[0])
	}
	clear(m.lacking)
	clear(m.seen)
	clear(m.front)
	m.audits = nil
	m.store, m.alone = id, m.cfg.Alone
	m.idle, m.stuck, m.wrote = 0, 0, 0
	m.heard, m.works, m.took = time.Time{}, time.Time{}, time.Time{}
}

// Store returns the id of the node's own store; empty: it is not known yet.
func (m *Machine) Store() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.store
}

// Works returns when another node last told that the store takes rows or gives them back, when that it takes rows, and
// whether there is no other node to tell, as far as this one knows.
func (m *Machine) Works() (told, took time.Time, alone bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.works, m.took, m.alone
}

// Next returns when the node is to ask for tasks again: at the start of the next stage. A node of an open network, and one
// that does not know its store's id, comes a part of a stage later, each by another one.
func (m *Machine) Next(now time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	var offset time.Duration
	if m.cfg.Roster.Open() || m.store == "" {
		offset = m.rota.stageLength() * time.Duration(m.cfg.Self[0]) / 256
	}
	return m.rota.nextStage(now.Add(-offset)).Add(offset)
}

// need is how many audits by others it takes to drop a certificate that this node has not read back itself: while fewer
// members lie, one of them is honest.
func (m *Machine) need() int { return min(m.cfg.Quorum, maxAudits) }

// patience is for how many windows a node waits for those audits before it reads by itself. In twice the roster's windows
// it has had a turn of its own; with twice maxAudits members there have been enough auditors.
func (m *Machine) patience() int { return 2 * min(len(m.rota.members), 2*maxAudits) }

// settled tells whether a row counts as stored: this node, or enough others, have read it back. Called with mu held.
func (m *Machine) settled(id signing.Digest) bool {
	if _, ok := m.seen[id]; ok {
		return true
	}
	if n, ok := m.covers[id]; ok && m.done(n) {
		return true
	}
	l, ok := m.lacking[id]
	return ok && len(l.confirmed) >= m.need()
}

// done tells whether all rows of a notice count as stored that nobody denies. Called with mu held.
func (m *Machine) done(n *notice) bool { return n.read || len(n.auditors) >= m.need() }
