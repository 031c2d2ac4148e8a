//go:build !chaos

package main

import "time"

// wallClock returns the clock by which a node decides.
func wallClock() func() time.Time { return time.Now }
