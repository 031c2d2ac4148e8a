package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/kelseyhightower/envconfig"
)

// ErrInvalid is wrapped by every fault of the environment.
var ErrInvalid = errors.New("invalid settings")

// Load reads the GP_ variables. All faults are told at once, each on a line of its own with the variable's name, its value
// unless it is secret, and what would be right. The error wraps ErrInvalid.
func Load() (Config, error) {
	var r raw
	if err := envconfig.Process(prefix, &r); err != nil {
		return Config{}, fmt.Errorf("read environment: %w", err)
	}
	r.fillDefaults()
	p := parser{faults: unknownNames(os.Environ())}
	c := p.config(&r)
	p.relations(&c)
	if len(p.faults) > 0 {
		slices.Sort(p.faults)
		return Config{}, fmt.Errorf("%w:\n  %s", ErrInvalid, strings.Join(p.faults, "\n  "))
	}
	c.shown = redacted(r.settings())
	return c, nil
}

// Default returns the settings of a node whose environment sets nothing.
func Default() Config {
	var r raw
	r.fillDefaults()
	return new(parser).config(&r)
}

func variable(field string) string { return prefix + "_" + strings.ToUpper(field) }

// unknownNames finds variables that look like ours but are not, with the nearest known name.
func unknownNames(environ []string) []string {
	known := make(map[string]bool)
	for _, s := range Settings() {
		known[s.Name] = true
	}
	var faults []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, prefix+"_") && !known[name] {
			faults = append(faults, fmt.Sprintf("%s: no such setting; the nearest is %s", name, nearest(name)))
		}
	}
	return faults
}

func nearest(name string) string {
	list := Settings()
	return slices.MinFunc(list, func(a, b Setting) int {
		return levenshtein.Distance(name, a.Name, nil) - levenshtein.Distance(name, b.Name, nil)
	}).Name
}

// defaultDataDir is a folder of the user's; empty when the user has no home.
func defaultDataDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".gossip-price")
}
