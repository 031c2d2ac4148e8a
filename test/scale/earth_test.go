package scale_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/marcopolo/simnet"
)

const regions = 5

// oneWay returns how many milliseconds a packet takes between the regions at the least: within one, and from the east of North
// America to its west, Europe, East Asia and South America. They are halves of usual round trips between data centres.
func oneWay() [regions][regions]int {
	return [regions][regions]int{
		{10, 32, 40, 80, 58},
		{32, 10, 70, 53, 88},
		{40, 70, 10, 115, 98},
		{80, 53, 115, 10, 130},
		{58, 88, 98, 130, 10},
	}
}

const (
	// jitter is what a packet takes longer on average, exponentially distributed; mostJitter is the most.
	jitter, mostJitter = 3 * time.Millisecond, 20 * time.Millisecond
	// bandwidth of each host, up and down, in bits a second.
	bandwidth = 100_000_000
)

// earth carries the packets between hosts in five regions. Packets of one host to another don't overtake each other.
type earth struct {
	mu     sync.Mutex // guards all below
	random *rand.Rand
	loss   float64 // share of all packets
	cut    int     // the region that is cut off, or nowhere
	last   map[[2]int]time.Time
	sent   int
	lost   int
}

// nowhere is no region.
const nowhere = -1

func newEarth(seed uint64) *earth {
	return &earth{random: rand.New(rand.NewPCG(seed, 1)), cut: nowhere, last: make(map[[2]int]time.Time)}
}

// change changes the weather in one moment.
func (e *earth) change(loss float64, cut int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.loss, e.cut = loss, cut
}

func (e *earth) told() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return fmt.Sprintf("%d packets, %d lost", e.sent, e.lost)
}

// region returns where a host is.
func region(host int) int { return host % regions }

// carry returns how long a packet takes. One that is lost is sent to where nobody is.
func (e *earth) carry(p *simnet.Packet) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	from, to := number(p.From), number(p.To)
	a, b := region(from), region(to)
	e.sent++
	if (a == e.cut) != (b == e.cut) || e.loss > 0 && e.random.Float64() < e.loss {
		e.lost++
		p.To = &net.UDPAddr{IP: net.IPv4zero}
		return 0
	}
	takes := time.Duration(oneWay()[a][b]) * time.Millisecond
	takes += min(time.Duration(e.random.ExpFloat64()*float64(jitter)), mostJitter)
	now := time.Now()
	arrives, flow := now.Add(takes), [2]int{from, to}
	if before := e.last[flow]; before.After(arrives) {
		arrives = before
	}
	e.last[flow] = arrives
	return arrives.Sub(now)
}

// address is where a host is reached; number is the way back.
func address(host int) net.IP { return net.IPv4(1, 0, byte(host>>8), byte(host)) }

func number(a net.Addr) int {
	udp, ok := a.(*net.UDPAddr)
	if !ok {
		return nowhere
	}
	ip := udp.IP.To4()
	return int(ip[2])<<8 | int(ip[3])
}
