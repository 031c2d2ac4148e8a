package writing_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"
)

// While all are honest and connected, the store sees at most two statements a window, whatever the number of nodes, from the
// first window on, and every price is stored in its window. SIM_NODES=1000 adds larger networks. It logs rows for docs/performance.md.
func TestHonestStatements(t *testing.T) {
	t.Parallel()
	largest := 64
	if s := os.Getenv("SIM_NODES"); s != "" {
		var err error
		if largest, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{1, 2, 3, 4, 5, 16, 64, 256, 1000} {
		if n > largest {
			continue
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			w := newWorld(uint64(n), n, 2*n/3+1)
			for _, m := range w.members {
				m.skew = time.Duration(w.random.Int64N(int64(2*time.Second))) - time.Second
			}
			const windows = 60
			w.windows(windows, 5)
			w.windows(2*min(n, 16)+8, 0)
			s := w.stores["shared"]
			late, missing := w.late()
			held := 0
			for _, m := range w.members {
				held += len(m.outbox)
			}
			t.Logf("\n| nodes | statements a window | at most | everyone writes | stored in window |\n|---|---|---|---|---|\n"+
				"| %d | %.2f | %d | %d | %d |", n, s.mean(began(), windows), s.most(), n, late)
			if s.most() > 2 || late > 1 || missing > 0 || w.badDrop > 0 || held > 0 || len(w.named) > 0 {
				t.Errorf("%d statements in a window, stored after %d windows, %d missing, %d dropped too early, %d left, %d named",
					s.most(), late, missing, w.badDrop, held, len(w.named))
			}
		})
	}
}
