package price

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/gossip-price/gossip-price/global"
)

// Cause is why a fetch brought no price. The list is closed.
type Cause string

// The causes.
const (
	CauseStatus      Cause = "status"      // the source answered with another status than 200
	CauseMalformed   Cause = "malformed"   // the answer, or the price in it, can't be trusted
	CauseTimeout     Cause = "timeout"     // no answer in time
	CauseUnreachable Cause = "unreachable" // no connection, or it broke
	CauseOther       Cause = "other"       // of a source that is not Coinbase
)

// Causes returns all causes, in the order above: there are no others.
func Causes() []Cause {
	return []Cause{CauseStatus, CauseMalformed, CauseTimeout, CauseUnreachable, CauseOther}
}

// unusableError is the error of an answer that came, whatever is wrong with it.
type unusableError struct{ error }

// Unwrap returns what is wrong with the answer.
func (e unusableError) Unwrap() error { return e.error }

// CauseOf returns why a fetch failed. Of one that its context ended, the last try decides, if there was one: a source that
// answers with errors until the round is over is not slow.
func CauseOf(err error) Cause {
	_, unusable := errors.AsType[unusableError](err)
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	request, asked := errors.AsType[*url.Error](err)
	switch {
	case errors.Is(err, ErrStatus):
		return CauseStatus
	case errors.Is(err, global.ErrMalformed), unusable, tooLarge:
		return CauseMalformed
	case errors.Is(err, errNoAnswer), asked && request.Timeout():
		return CauseTimeout
	case errors.Is(err, ErrSource):
		return CauseUnreachable
	case errors.Is(err, context.DeadlineExceeded):
		return CauseTimeout
	default:
		return CauseOther
	}
}
