package consensus

import "time"

// banMemory is the least time for which a conviction counts for a ban (section 3.8); with long rounds it is that of
// three: the two that are convicted and one to be banned in.
const banMemory = 24 * time.Hour

// offences are the two newest distinct rounds of which a proposer is convicted, all that a ban depends on: with two
// rounds in the time that counts, the two newest are among them. A round of 0 stands for none.
type offences struct{ last, before Round }

// with returns the offences and one more. Several convictions of one round are one offence.
func (f offences) with(r Round) offences {
	switch {
	case r > f.last:
		return offences{r, f.last}
	case r < f.last && r > f.before:
		return offences{f.last, r}
	}
	return f
}

// banned tells whether two of the rounds are of the time that counts. It depends on evidence and time alone, so nodes that
// hold the same evidence agree; and since only the proposer can sign a new offence, nobody else can make a ban longer.
func (f offences) banned(now time.Time, interval time.Duration) bool {
	return f.before != 0 && now.Sub(f.before.Start()) <= max(banMemory, 3*interval)
}

// fault returns why an observation is not co-signed whatever its price; empty if there is no reason. Called with mu held.
func (e *Engine) fault(o Observation, now time.Time) Refusal {
	switch {
	case e.isConvicted(placeOf(o)):
		return RefusedEquivocation
	case e.offenders[o.Proposer].banned(now, e.policy.Interval):
		return RefusedBanned
	}
	return ""
}
