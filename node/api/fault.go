package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// ErrNotFound is wrapped by what a node returns when it has not what was asked for. The answer is 404, with the error's words.
var ErrNotFound = errors.New("not found")

const mediaProblem = "application/problem+json"

// fault is an answer that says what is wrong: problem details (RFC 9457).
type fault struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func (f fault) Error() string { return f.Detail }

func faultf(status int, format string, args ...any) fault {
	return fault{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// faultOf says which answer an error is.
func faultOf(err error) fault {
	var f fault
	switch {
	case errors.As(err, &f):
	case errors.Is(err, ErrTooLong):
		f = faultf(http.StatusBadRequest, "the round has too many signatures for one answer: ask for one pair, ?pair=")
	case errors.Is(err, ErrNotFound):
		f = fault{Status: http.StatusNotFound, Detail: err.Error()}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		f = faultf(http.StatusServiceUnavailable, "the answer takes longer than %s", answerTimeout)
	default:
		f = fault{Status: http.StatusInternalServerError, Detail: err.Error()}
	}
	f.Title = http.StatusText(f.Status)
	return f
}

// refuse answers with the problem that an error is.
func refuse(w http.ResponseWriter, err error) {
	f := faultOf(err)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if f.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	_ = write(w, mediaProblem, f.Status, f) // strings and a number have JSON
}
