package config_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/config"
)

// TestSettingsMatchConfig: the list of settings has the fields of Config, in their order.
func TestSettingsMatchConfig(t *testing.T) {
	t.Parallel()
	var fields, names []string
	for f := range fieldsOf(reflect.TypeFor[config.Config]()) {
		fields = append(fields, "GP_"+strings.ToUpper(f))
	}
	name := regexp.MustCompile(`^GP_[A-Z]+$`)
	for _, s := range config.Settings() {
		names = append(names, s.Name)
		if !name.MatchString(s.Name) || s.Description == "" || s.Value != "" {
			t.Errorf("setting %+v", s)
		}
	}
	if !slices.Equal(fields, names) {
		t.Errorf("settings %v, fields %v", names, fields)
	}
}

func fieldsOf(of reflect.Type) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := range of.NumField() {
			if f := of.Field(i); f.IsExported() && !yield(f.Name) {
				return
			}
		}
	}
}

// TestValuesShowDefaults: what is in force is shown, derived or not.
func TestValuesShowDefaults(t *testing.T) {
	t.Setenv("HOME", home)
	c := mustLoad(t, map[string]string{"GP_FETCHPRICEINTERVAL": "5s", "GP_PROPOSERS": "7"})
	for i, s := range config.Settings() {
		got, want := c.Values()[i], s.Default
		switch s.Name {
		case "GP_FETCHPRICEINTERVAL", "GP_PRICEFRESHNESS":
			want = "5s"
		case "GP_PROPOSERS":
			want = "7"
		case "GP_DATADIR":
			want = home + "/.gossip-price"
		}
		if got.Name != s.Name || got.Value != want || got.Default != s.Default || got.Description != s.Description {
			t.Errorf("shown %+v, want the value %q", got, want)
		}
	}
}
