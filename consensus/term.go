package consensus

import "time"

// Term is a roster and a quorum by which a node took certificates until others were set. What was verified then stays a
// proof: by the roster of its time (section 3.9).
type Term struct {
	Roster Roster
	Quorum int
	Until  time.Time // rounds that began before it
}

// Proves tells whether a row, of which all signatures are good, was verified by the settings of the term.
func (t Term) Proves(row Row) bool {
	return row.RoundTime.Before(t.Until) && row.VerifyQuorum(t.Roster.Contains, t.Quorum) == nil
}
