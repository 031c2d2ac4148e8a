package doctor

import (
	"fmt"

	"github.com/gossip-price/gossip-price/node/api"
)

func well(format string, args ...any) finding {
	return finding{api.CheckOK, fmt.Sprintf(format, args...)}
}

func warning(format string, args ...any) finding {
	return finding{api.CheckWarning, fmt.Sprintf(format, args...)}
}

func failing(format string, args ...any) finding {
	return finding{api.CheckFailing, fmt.Sprintf(format, args...)}
}
