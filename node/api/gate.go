package api

import "net/http"

// gate bounds how many requests do the same work at once; the others are told to come back. A nil one bounds nothing.
type gate struct {
	places chan struct{}
	full   string // what they are told
}

func newGate(places int, full string) *gate { return &gate{make(chan struct{}, places), full} }

// pass calls f, unless the gate is full.
func (g *gate) pass(f func() error) error {
	if g == nil {
		return f()
	}
	select {
	case g.places <- struct{}{}:
		defer func() { <-g.places }()
		return f()
	default:
		return fault{Status: http.StatusServiceUnavailable, Detail: g.full}
	}
}
