package vitals

import (
	"fmt"

	"github.com/gossip-price/gossip-price/node/api"
)

// Verdict is how a look was judged: what was found, in words and with figures.
type Verdict struct {
	State  api.CheckState
	Detail string
}

// Well returns the verdict that all is well.
func Well(format string, args ...any) Verdict {
	return Verdict{api.CheckOK, fmt.Sprintf(format, args...)}
}

// Warning returns the verdict that somebody should look.
func Warning(format string, args ...any) Verdict {
	return Verdict{api.CheckWarning, fmt.Sprintf(format, args...)}
}

// Failing returns the verdict that a node does not do its work so.
func Failing(format string, args ...any) Verdict {
	return Verdict{api.CheckFailing, fmt.Sprintf(format, args...)}
}
