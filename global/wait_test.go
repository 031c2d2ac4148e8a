package global_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/global"
)

func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if !global.Wait(t.Context(), time.Minute) || time.Since(began) != time.Minute {
			t.Errorf("a minute took %v", time.Since(began))
		}
		began = time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if global.Wait(ctx, time.Minute) || time.Since(began) != time.Second {
			t.Errorf("cut short after %v, want a second", time.Since(began))
		}
	})
}
