package test_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
)

// million is the number of parts in ppm.
const million = 1_000_000

var errDown = errors.New("the source is down")

// feed is the price source of one node: the market's price, unless it is bent or down. It remembers what it told.
type feed struct {
	now func() time.Time

	mu   sync.Mutex
	bent int64 // ppm of the market's price that are added
	down bool
	asks int // how often it was asked
	told []price.Quote
}

// Fetch takes a tenth of a second, as a near server does.
func (f *feed) Fetch(ctx context.Context, pair price.Pair) (price.Quote, error) {
	select {
	case <-ctx.Done():
		return price.Quote{}, ctx.Err()
	case <-time.After(100 * time.Millisecond):
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asks++
	if f.down {
		return price.Quote{}, errDown
	}
	at := f.now().UTC()
	p, err := dollars(market(at) * (million + f.bent) / million)
	if err != nil {
		return price.Quote{}, err
	}
	q := price.Quote{Pair: pair, Price: p, At: at}
	f.told = append(f.told, q)
	return q, nil
}

func dollars(cents int64) (price.Price, error) {
	return price.Parse(fmt.Sprintf("%d.%02d", cents/100, cents%100))
}

// pretend makes the feed remember a quote that it has not given: one that a test signs by itself.
func (f *feed) pretend(q price.Quote) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, q)
}

// market is the price in cents: it wanders over 0.3 permille, far less than a deviation that nodes refuse.
func market(at time.Time) int64 { return 300_000 + at.Unix()*7%97 }

func (f *feed) set(bent int64, down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bent, f.down = bent, down
}

func (f *feed) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asks
}

// gave tells whether the feed gave a quote that meets the condition.
func (f *feed) gave(ok func(q price.Quote) bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, q := range f.told {
		if ok(q) {
			return true
		}
	}
	return false
}
