package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	crand "crypto/rand"

	"go.uber.org/goleak"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// signJournal, where it is set, makes the test binary a process that signs by this journal until it is killed: only
// another process shows that the lock is one between processes, and only a kill what a kill leaves behind.
const signJournal = "STORE_TEST_SIGNJOURNAL"

func TestMain(m *testing.M) {
	if path := os.Getenv(signJournal); path != "" {
		fmt.Println("error", signForEver(context.Background(), path))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// signForEver does what a node does, in the node's order: the journal, then a line for what others would see. Rounds take
// a second and are kept for three; the clock jumps by up to four at every step. It ends when nobody reads the lines.
func signForEver(ctx context.Context, path string) error {
	j, err := store.OpenJournal(ctx, path)
	if err != nil {
		return err
	}
	fmt.Println("open")
	if err := j.Pragma(ctx, "wal_autocheckpoint = 20"); err != nil { // so that checkpoints are killed as well
		return err
	}
	for {
		now := time.Now().Add(rand.N(8*time.Second) - 4*time.Second)
		pair, round := price.Pair("A-"+string('A'+rune(rand.N(2)))), consensus.RoundAt(now, time.Second)
		switch n := rand.N(10); {
		case n == 0:
			if err = j.Prune(ctx, consensus.RoundAt(now.Add(-3*time.Second), time.Second)); err == nil {
				fmt.Println("prune")
			}
		case n < 5:
			err = proposeAsNode(ctx, j, pair, round)
		default:
			proposer, id := signing.Address{byte(rand.N(3))}, signing.Digest{byte(rand.N(4))}
			if err = j.Cosign(ctx, proposer, pair, round, id); err == nil {
				fmt.Printf("cosign %s %s %d=%s\n", proposer, pair, round, id)
			}
		}
		if errors.Is(err, global.ErrDoubleSign) {
			fmt.Println("refuse")
		} else if err != nil {
			return err
		}
	}
}

// proposeAsNode publishes the report that the journal has, or a new one that it has taken.
func proposeAsNode(ctx context.Context, j *store.Journal, pair price.Pair, round consensus.Round) error {
	kept, err := j.Proposal(ctx, pair, round)
	if err == nil && kept == nil {
		kept, err = j.Propose(ctx, pair, round, []byte(crand.Text()))
	}
	if err == nil {
		fmt.Printf("propose %s %d=%s\n", pair, round, kept)
	}
	return err
}
