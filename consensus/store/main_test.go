package store_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/gossip-price/gossip-price/consensus/store"
)

// holdJournal, where it is set, makes the test binary a process that holds this journal until its input ends: only
// another process shows that the lock is one between processes.
const holdJournal = "STORE_TEST_HOLDJOURNAL"

func TestMain(m *testing.M) {
	if path := os.Getenv(holdJournal); path != "" {
		os.Exit(hold(path))
	}
	goleak.VerifyTestMain(m)
}

func hold(path string) int {
	_, err := store.OpenJournal(context.Background(), path)
	fmt.Println(err)
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0 // without Close, as after a kill
}
