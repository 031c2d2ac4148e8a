package writing

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// stages are the turns of a window: the writer's, the auditor's, and that of who stands in for either.
const stages = 3

// rota says whose turn it is. For as many windows as there are members they take their turns in one order, then in another:
// so in that time each is writer, auditor and stand-in once.
type rota struct {
	members  []signing.Address
	interval time.Duration // of the windows; whole milliseconds
	orders   map[uint64]map[signing.Address]int
}

// maxOrders bounds the orders that are kept: those of the windows that messages may be of.
const maxOrders = 4

// noRank is the rank of who has no turns.
const noRank = -1

// rank returns how many members come before this one in a window: 0 is the writer, 1 the auditor, 2 who stands in.
func (r *rota) rank(a signing.Address, w consensus.Window) int {
	if len(r.members) == 0 {
		return noRank
	}
	n, number := uint64(len(r.members)), uint64(w)/uint64(r.interval.Milliseconds())
	position, ok := r.order(number / n)[a]
	if !ok {
		return noRank
	}
	return int((uint64(position) + n - number%n) % n)
}

// order returns the members' positions by keccak256(epoch as 8 big-endian bytes || address).
func (r *rota) order(epoch uint64) map[signing.Address]int {
	if order, ok := r.orders[epoch]; ok {
		return order
	}
	type candidate struct {
		hash [32]byte
		signing.Address
	}
	be := binary.BigEndian.AppendUint64(nil, epoch)
	candidates := make([]candidate, len(r.members))
	for i, a := range r.members {
		candidates[i] = candidate{crypto.Keccak256Hash(be, a[:]), a}
	}
	slices.SortFunc(candidates, func(a, b candidate) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	order := make(map[signing.Address]int, len(candidates))
	for i, c := range candidates {
		order[c.Address] = i
	}
	if len(r.orders) >= maxOrders {
		clear(r.orders)
	}
	r.orders[epoch] = order
	return order
}

// stageLength is how long one turn lasts.
func (r *rota) stageLength() time.Duration { return r.interval / stages }

// stageAt returns the window and the stage that it is.
func (r *rota) stageAt(now time.Time) (consensus.Window, int) {
	w := consensus.WindowAt(now, r.interval)
	return w, min(int(now.Sub(w.Start())/r.stageLength()), stages-1)
}

// nextStage returns when the next stage begins.
func (r *rota) nextStage(now time.Time) time.Time {
	w, stage := r.stageAt(now)
	if stage == stages-1 {
		return w.Start().Add(r.interval)
	}
	return w.Start().Add(time.Duration(stage+1) * r.stageLength())
}

// back returns the window that was n windows before.
func (r *rota) back(w consensus.Window, n int) consensus.Window {
	step := consensus.Window(n) * consensus.Window(r.interval.Milliseconds())
	if step > w {
		return 0
	}
	return w - step
}

// since returns how many windows lie between two.
func (r *rota) since(from, to consensus.Window) int {
	if to <= from {
		return 0
	}
	return int((to - from) / consensus.Window(r.interval.Milliseconds()))
}
