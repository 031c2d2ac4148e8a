package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/gossip-price/gossip-price/global/config"
)

func databaseFlag(fs *flag.FlagSet) *string {
	return fs.String("database", "", "price store `URL`, postgres://.. or sqlite:FILE; default GP_DATABASEURL, else prices.db in GP_DATADIR")
}

// checkExists refuses an embedded store whose file is not there: to read one must not make it.
func checkExists(url string) error {
	file, embedded := config.EmbeddedStore(url)
	if !embedded {
		return nil
	}
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("no price store: %w; --database or GP_DATABASEURL names another one", err)
	}
	return nil
}

// storeURL returns the price store that the flag names, or the one of the settings.
func storeURL(flagged string) (string, error) {
	if flagged != "" {
		return flagged, nil
	}
	cfg, err := config.Load()
	if err != nil {
		return "", err
	}
	return cfg.StoreURL(), nil
}
