package main

import "time"

// fault is one entry of the plan: something goes wrong at a certain time, and is mended later.
type fault struct {
	Number  int    `json:"number"`  // from 1
	Episode int    `json:"episode"` // faults of one episode may overlap; between episodes all is well
	Kind    string `json:"kind"`
	Nodes   []int  `json:"nodes,omitempty"` // from 1; none: the fault is not a node's
	At      millis `json:"at_ms"`           // since the start of the plan
	Lasts   millis `json:"lasts_ms"`
	Offset  millis `json:"offset_ms,omitempty"` // of a clock
}

func (f fault) end() millis { return f.At + f.Lasts }

// millis is a duration that a person can read in a line of JSON.
type millis int64

func (m millis) duration() time.Duration { return time.Duration(m) * time.Millisecond }

func millisOf(d time.Duration) millis { return millis(d.Milliseconds()) }
