package writing_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/writing"
	"github.com/gossip-price/gossip-price/global"
)

// desk is a machine with the keys of its roster.
type desk struct {
	t       *testing.T
	machine *writing.Machine
	keys    []signing.Key
	window  consensus.Window
	now     time.Time
}

func newDesk(t *testing.T, open bool) *desk {
	t.Helper()
	d := &desk{t: t, window: consensus.WindowAt(began(), interval), now: began().Add(time.Second)}
	for range 4 {
		key, err := signing.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		d.keys = append(d.keys, key)
	}
	roster := d.roster()
	if open {
		roster = consensus.NewRoster()
	}
	d.machine = writing.New(writing.Config{
		Network: "n", Self: d.keys[0].Address(), Roster: roster, Quorum: 3, Interval: interval, Skew: skew,
	})
	d.machine.SetStore("shared")
	return d
}

func (d *desk) roster() consensus.Roster {
	var addresses []signing.Address
	for _, key := range d.keys {
		addresses = append(addresses, key.Address())
	}
	return consensus.NewRoster(addresses...)
}

func (d *desk) sign(digest signing.Digest, by int) signing.Signature {
	d.t.Helper()
	s, err := d.keys[by].Sign(digest)
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// notice is one that member 1 makes, changed before it is signed.
func (d *desk) notice(change func(*consensus.Notice), ids ...signing.Digest) consensus.Notice {
	n := consensus.NewNotice("n", "shared", d.window, d.keys[1].Address(), ids)
	if change != nil {
		change(&n)
	}
	n.Signature = d.sign(n.Digest(), 1)
	return n
}

func TestReceive(t *testing.T) {
	t.Parallel()
	id := signing.Digest{1}
	step := consensus.Window(interval.Milliseconds())
	stranger, err := signing.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*consensus.Notice)
		want   writing.Outcome
	}{
		"good":             {nil, writing.Accepted},
		"another network":  {func(n *consensus.Notice) { n.Network = "m" }, writing.ForeignNetwork},
		"another store":    {func(n *consensus.Notice) { n.Store = "other" }, writing.OtherStore},
		"another interval": {func(n *consensus.Notice) { n.Window++ }, writing.Misaligned},
		"last window":      {func(n *consensus.Notice) { n.Window -= step }, writing.Accepted},
		"old window":       {func(n *consensus.Notice) { n.Window -= 3 * step }, writing.Stale},
		"next window":      {func(n *consensus.Notice) { n.Window += step }, writing.Stale},
		"stranger":         {func(n *consensus.Notice) { n.Writer = stranger.Address() }, writing.UnknownSigner},
		"another's name":   {func(n *consensus.Notice) { n.Writer[0]++ }, writing.UnknownSigner},
	} {
		d := newDesk(t, false)
		if got := d.machine.Receive(d.notice(c.change, id).Encode(), d.now); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	d := newDesk(t, false)
	if got := d.machine.Receive([]byte("x"), d.now); got != writing.Malformed || !got.AtFault() {
		t.Errorf("garbage: %s", got)
	}
	forged := d.notice(nil, id)
	forged.Signature = d.sign(forged.Digest(), 2)
	if got := d.machine.Receive(forged.Encode(), d.now); got != writing.BadSignature || !got.AtFault() {
		t.Errorf("signed by another member: %s", got)
	}
	good := d.notice(nil, id)
	for i, want := range []writing.Outcome{writing.Accepted, writing.Duplicate} {
		if got := d.machine.Receive(good.Encode(), d.now); got != want {
			t.Errorf("copy %d: %s", i, got)
		}
	}
	open := newDesk(t, true)
	if got := open.machine.Receive(open.notice(nil, id).Encode(), d.now); got != writing.UnknownSigner || got.AtFault() || got.PassedOn() {
		t.Errorf("open network: %s", got)
	}
}

// Where clocks may be apart by many windows, what was said is remembered for as long as it is taken: else a signer could say it all
// again, and be passed on, after each stage.
func TestBoundsOfShortWindows(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	const short = time.Second
	d.machine = writing.New(writing.Config{
		Network: "n", Self: d.keys[0].Address(), Roster: d.roster(), Quorum: 3, Interval: short, Skew: skew,
	})
	d.machine.SetStore("shared")
	for i := range writing.MaxNotices {
		if got := d.machine.Receive(d.notice(nil, signing.Digest{byte(i)}).Encode(), d.now); got != writing.Accepted {
			t.Fatal(i, got)
		}
	}
	for at := d.now; at.Before(d.window.Start().Add(writing.TakenFor*short + skew)); at = at.Add(short / 3) {
		d.machine.Tasks(at, nil)
		if got := d.machine.Receive(d.notice(nil, signing.Digest{}).Encode(), at); got != writing.Duplicate {
			t.Fatalf("again after %s: %s", at.Sub(d.now), got)
		}
		if got := d.machine.Receive(d.notice(nil, signing.Digest{0xff}).Encode(), at); got != writing.TooMany {
			t.Fatalf("one more after %s: %s", at.Sub(d.now), got)
		}
	}
}

// What one signer can make others remember and pass on is bounded, and the oldest of whoever says the most goes first.
func TestBounds(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	honest := signing.Digest{0xff}
	n := consensus.NewNotice("n", "shared", d.window, d.keys[2].Address(), []signing.Digest{honest})
	n.Signature = d.sign(n.Digest(), 2)
	if got := d.machine.Receive(n.Encode(), d.now); got != writing.Accepted {
		t.Fatal(got)
	}
	const windows = 6 // half as many ids again as are remembered
	counts := make(map[writing.Outcome]int)
	for window := range windows {
		for range 2 * writing.MaxNotices {
			ids := make([]signing.Digest, global.MaxNoticeIDs)
			for i := range ids {
				ids[i] = signing.Digest{byte(window), byte(counts[writing.Accepted]), byte(counts[writing.TooMany]), byte(i >> 8), byte(i)}
			}
			at := d.now.Add(time.Duration(window) * interval)
			flood := d.notice(func(n *consensus.Notice) { n.Window = consensus.WindowAt(at, interval) }, ids...)
			counts[d.machine.Receive(flood.Encode(), at)]++
		}
	}
	if counts[writing.Accepted] != windows*writing.MaxNotices || counts[writing.TooMany] != windows*writing.MaxNotices {
		t.Errorf("outcomes: %v", counts)
	}
	if ids, _ := d.machine.Remembered(); ids > 1<<17 {
		t.Errorf("%d ids in memory", ids)
	}
	// The honest notice is still there: its row is announced.
	waiting := []writing.Waiting{{ID: honest, Due: d.now.Add(-interval)}}
	for i := range 3 {
		if tasks := d.machine.Tasks(d.now.Add(windows*interval+time.Duration(i)*interval/3), waiting); len(tasks.Write) > 0 {
			t.Error("an honest notice was pushed out of memory")
		}
	}
}
