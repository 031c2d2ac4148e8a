package main

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
)

const (
	// marketStep is for how long each recorded price stands.
	marketStep = 5 * time.Second
	// slowAnswer is how long a slow source takes: longer than a node waits.
	slowAnswer = 8 * time.Second
)

// market is what all sources know when they are right: recorded prices, by the clock of the machine.
type market struct {
	cents []int64
}

func newMarket() (market, error) {
	lines, err := csv.NewReader(price.Recorded()).ReadAll()
	if err != nil {
		return market{}, fmt.Errorf("read recorded prices: %w", err)
	}
	var m market
	for _, line := range lines[1:] {
		value, err := strconv.ParseFloat(line[1], 64) // exact enough for what is made up anyway
		if err != nil {
			return market{}, fmt.Errorf("read recorded prices: %w", err)
		}
		m.cents = append(m.cents, int64(value*100+0.5))
	}
	return m, nil
}

// at returns the right price at a time, in cents.
func (m market) at(t time.Time) int64 {
	return m.cents[t.UnixMilli()/marketStep.Milliseconds()%int64(len(m.cents))]
}

// sourceMode is how a price source behaves.
type sourceMode string

const (
	sourceRight   sourceMode = "right"
	sourceHigh    sourceMode = "high"
	sourceLow     sourceMode = "low"
	sourceGarbage sourceMode = "garbage"
	sourceError   sourceMode = "error"
	sourceSlow    sourceMode = "slow"
	sourceDead    sourceMode = "dead"
)

// source stands in for Coinbase, for one node.
type source struct {
	market market
	mode   atomic.Value // of sourceMode
}

func newSource(m market) *source {
	s := &source{market: m}
	s.mode.Store(sourceRight)
	return s
}

// ServeHTTP answers as Coinbase does, or as the mode says.
func (s *source) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cents := s.market.at(time.Now())
	switch s.mode.Load() {
	case sourceHigh:
		cents += cents * 3 / 100
	case sourceLow:
		cents -= cents * 3 / 100
	case sourceGarbage:
		_, _ = w.Write([]byte(strings.Repeat(`{"data":{"currency":"ETH","rates":{"USD":"-1e400"}}`, 3)))
		return
	case sourceError:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case sourceSlow:
		wait := time.NewTimer(slowAnswer)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-r.Context().Done():
			return
		}
	case sourceDead:
		panic(http.ErrAbortHandler) // ends the connection without an answer
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"data":{"currency":"ETH","rates":{"USD":"%d.%02d"}}}`, cents/100, cents%100)
}
