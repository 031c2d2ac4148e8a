package price_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gossip-price/gossip-price/global/price"
)

// fetchURL, where it is set, makes the test binary fetch one price from there and print it: the proxy settings of a
// process are read once, so a test of them needs a process of its own.
const fetchURL = "PRICE_TEST_FETCH"

func TestMain(m *testing.M) {
	if base := os.Getenv(fetchURL); base != "" {
		os.Exit(fetchOnce(base))
	}
	goleak.VerifyTestMain(m)
}

func fetchOnce(base string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	quote, err := price.NewCoinbase(base, time.Now).Fetch(ctx, "ETH-USD")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(quote.Price)
	return 0
}
