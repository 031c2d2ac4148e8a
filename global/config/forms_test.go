package config_test

import (
	"testing"
	"time"
)

func TestDurations(t *testing.T) {
	t.Setenv("HOME", home)
	for in, want := range map[string]time.Duration{
		"1": time.Second, "600": 10 * time.Minute, "10m": 10 * time.Minute, "1m30s": 90 * time.Second, "24h": 24 * time.Hour,
		"86400": 24 * time.Hour, "2000ms": 2 * time.Second,
	} {
		if c := mustLoad(t, map[string]string{"GP_FETCHPRICEINTERVAL": in}); c.FetchPriceInterval != want {
			t.Errorf("%s is %s, want %s", in, c.FetchPriceInterval, want)
		}
	}
}

func TestDeviations(t *testing.T) {
	t.Setenv("HOME", home)
	for in, want := range map[string]uint64{
		"1%": 10_000, "0.0001%": 1, "100%": 1_000_000, "12.5%": 125_000, "0.01%": 100, "001.10%": 11_000,
	} {
		if c := mustLoad(t, map[string]string{"GP_MAXDEVIATION": in}); c.MaxDeviation != want {
			t.Errorf("%s is %d ppm, want %d", in, c.MaxDeviation, want)
		}
	}
}

func TestStoreURLs(t *testing.T) {
	t.Setenv("HOME", home)
	for _, in := range []string{"sqlite:prices.db", "sqlite:/var/lib/p@x.db", "postgresql://db/prices", "postgres:///prices?host=/run"} {
		if c := mustLoad(t, map[string]string{"GP_DATABASEURL": in}); c.StoreURL() != in {
			t.Errorf("store %s, want %s", c.StoreURL(), in)
		}
	}
}

// TestFreshnessFollowsInterval: unset, it is 30 s or the interval if that is shorter.
func TestFreshnessFollowsInterval(t *testing.T) {
	t.Setenv("HOME", home)
	for interval, want := range map[string]time.Duration{
		"5": 5 * time.Second, "30s": 30 * time.Second, "31s": 30 * time.Second, "24h": 30 * time.Second,
	} {
		c := mustLoad(t, map[string]string{"GP_FETCHPRICEINTERVAL": interval})
		if shown := value(t, c, "GP_PRICEFRESHNESS"); c.PriceFreshness != want || shown != want.String() {
			t.Errorf("interval %s: %s, shown as %s; want %s", interval, c.PriceFreshness, shown, want)
		}
	}
}
