package devnet

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
)

// stage is a board of four nodes, and what it has written.
type stage struct {
	*board
	out bytes.Buffer
}

func newStage() *stage {
	s := &stage{}
	names := make(map[signing.Address]string)
	for i := range 4 {
		names[signer(i)] = nodeName(i)
	}
	s.board = newBoard(&screen{out: &s.out, mark: replayMark}, names)
	return s
}

func signer(i int) signing.Address { return signing.Address{byte(i + 1)} }

// tell gives the board an event of a node about the price with a number; its signers are given by their numbers, the
// proposer first.
func (s *stage) tell(t *testing.T, by int, step node.Step, number int, signers ...int) {
	t.Helper()
	p, err := price.Parse(fmt.Sprintf("%d.5", 3000+number))
	if err != nil {
		t.Fatal(err)
	}
	e := node.Event{
		Step: step, ID: signing.Digest{0xab, byte(number >> 8), byte(number)},
		Observation: consensus.Observation{Pair: pair, Price: p, Proposer: signer(signers[0])},
	}
	for _, i := range signers {
		e.Signers = append(e.Signers, signer(i))
	}
	switch step {
	case node.Refused:
		e.Refusal = consensus.RefusedDeviation
	case node.Stored:
		e.ByOther = by != signers[0] // the proposer writes, in these tests
	default:
	}
	s.observe(nodeName(by), e)
}

// written returns what was written since the last call, with all times the same.
func (s *stage) written() string {
	text := regexp.MustCompile(`\d\d:\d\d:\d\d\.\d{3}`).ReplaceAllString(s.out.String(), "12:00:00.000")
	s.out.Reset()
	return text
}

func expectText(t *testing.T, got, want string) {
	t.Helper()
	if want = strings.TrimPrefix(want, "\n"); got != want {
		t.Errorf("written:\n%s\nwant:\n%s", got, want)
	}
}

func expectCounts(t *testing.T, b *board, waiting, proposed, quorums, rows int) {
	t.Helper()
	p, q, r := b.totals()
	if got := [4]int{b.waiting(), p, q, r}; got != [4]int{waiting, proposed, quorums, rows} {
		t.Errorf("waiting, proposed, quorums, rows = %v, want %v", got, [4]int{waiting, proposed, quorums, rows})
	}
}

func TestBoard(t *testing.T) {
	t.Parallel()
	s := newStage()
	s.tell(t, 1, node.Fetched, 7, 1)
	s.tell(t, 1, node.Proposed, 7, 1)
	s.tell(t, 0, node.Signed, 7, 1, 0)
	s.tell(t, 0, node.Signed, 7, 1, 0) // heard of twice
	s.tell(t, 3, node.Refused, 7, 1)
	s.tell(t, 2, node.Signed, 7, 1, 0, 2) // enough signers, but no node has them on its disk
	s.tell(t, 3, node.Signed, 7, 1, 0, 2, 3)
	expectCounts(t, s.board, 0, 1, 0, 0)
	s.tell(t, 2, node.Quorum, 7, 1, 0, 2)
	s.tell(t, 1, node.Quorum, 7, 1, 0, 2)
	expectCounts(t, s.board, 1, 1, 1, 0)
	s.tell(t, 3, node.Quorum, 7, 1, 0, 2, 3)
	s.tell(t, 0, node.Stored, 7, 1, 0, 2)    // by another
	s.tell(t, 1, node.Stored, 7, 1, 0, 2, 3) // the writer
	s.tell(t, 2, node.Quorum, 7, 1, 0, 2, 3) // late
	expectCounts(t, s.board, 0, 1, 1, 1)
	expectText(t, s.written(), `
REPLAY 12:00:00.000  0xab000700  ETH-USD 3007.5    1 of 4 signers  proposed by node2
REPLAY 12:00:00.000  0xab000700  ETH-USD 3007.5    2 of 4 signers  + node1
REPLAY 12:00:00.000  0xab000700  ETH-USD 3007.5    node4 refused to sign: `+string(consensus.RefusedDeviation)+`
REPLAY 12:00:00.000  0xab000700  ETH-USD 3007.5    3 of 4 signers  + node3, verified
REPLAY 12:00:00.000  0xab000700  ETH-USD 3007.5    4 of 4 signers  + node4
REPLAY 12:00:00.000  0xab000700  ETH-USD 3007.5    row written by node2, 4 signatures
`)
}

// What an earlier run left is written without having been proposed in this one.
func TestBoardEarlierRows(t *testing.T) {
	t.Parallel()
	s := newStage()
	s.tell(t, 0, node.Stored, 1, 0, 1, 2)
	expectCounts(t, s.board, 0, 0, 0, 1)
	expectText(t, s.written(), "REPLAY 12:00:00.000  0xab000100  ETH-USD 3001.5    row written by node1, 3 signatures\n")
}

// Prices that never reach quorum don't pile up.
func TestBoardIsBounded(t *testing.T) {
	t.Parallel()
	s := newStage()
	for i := range 3 * maxShown {
		s.tell(t, 0, node.Proposed, i, 0)
		if len(s.shown) > maxShown {
			t.Fatalf("%d prices followed", len(s.shown))
		}
	}
	expectCounts(t, s.board, 0, 3*maxShown, 0, 0)
}
