package devnet

import (
	"context"
	"fmt"
	"time"
)

// watchPeriod is how often the screen is brought up to date.
const watchPeriod = 50 * time.Millisecond

// watch tells when nodes find their peers, and counts down to the flush.
func (d *devnet) watch(ctx context.Context) error {
	ticker := time.NewTicker(watchPeriod)
	defer ticker.Stop()
	found := make([]int, len(d.nodes))
	var told time.Time // the flush that was last counted down to, where lines can't be written over
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		d.tellPeers(found)
		now := time.Now()
		next := now.Truncate(d.options.Flush).Add(d.options.Flush)
		left := next.Sub(now).Round(time.Second)
		status := fmt.Sprintf("flush in %s; verified prices that wait: %d", left, d.board.waiting())
		d.screen.show(status)
		if !d.options.Terminal && left <= d.options.Flush/2 && !told.Equal(next) {
			told = next
			d.screen.line("%s", status)
		}
	}
}

// tellPeers writes a line for each node that sees more peers than before.
func (d *devnet) tellPeers(found []int) {
	for i, n := range d.nodes {
		if peers := n.Peers(); peers > found[i] {
			found[i] = peers
			d.screen.line("%-9s  found %d of %d peers by the DHT", nodeName(i), peers, len(d.nodes)-1)
		}
	}
}

// summary says what came of it, and how to see and check the rows.
func (d *devnet) summary(took time.Duration) {
	proposed, quorums, rows := d.board.totals()
	d.screen.plain("\nstopped after %s; prices proposed: %d, verified: %d, rows written: %d\n",
		took.Round(time.Second), proposed, quorums, rows)
	if waiting := d.board.waiting(); waiting > 0 {
		d.screen.plain("verified prices that have not settled: %d; the nodes keep them and write them at the next start\n", waiting)
	}
	show := fmt.Sprintf("%s prices --database %s", d.options.Program, ShellWord(d.storeURL()))
	if d.options.Database != "" {
		show = d.options.Program + " prices" // GP_DATABASEURL names it, password and all
	}
	d.screen.plain("see the rows:  %s\n", show)
	d.screen.plain("verify them:   %s --all --json | %s verify --signers %s --quorum %d\n",
		show, d.options.Program, ShellWord(d.rosterFile()), quorum)
}
