package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/config"
)

// TestPrintedConfigHidesSecrets prints a whole Config in every way that a slip of the hand does.
func TestPrintedConfigHidesSecrets(t *testing.T) {
	t.Setenv("HOME", home)
	env := everything()
	env["GP_PRICEURL"] = "http://me:" + secretPassword + "@mirror/"
	c := mustLoad(t, env)
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("settings", "config", c, "pointer", &c)
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("settings", "config", c, "pointer", &c)
	encoded, err := json.Marshal(map[string]any{"config": c, "pointer": &c})
	if err != nil {
		t.Fatal(err)
	}
	shown := []string{
		fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c, c), fmt.Sprintf("%v %+v %#v", &c, &c, &c),
		fmt.Sprintf("%+v %#v", []config.Config{c}, map[string]config.Config{"": c}),
		fmt.Sprintf("%+v %#v", struct{ Config config.Config }{c}, struct{ Config *config.Config }{&c}),
		logged.String(), string(encoded),
	}
	numbers := strings.Trim(fmt.Sprint(c.NetworkKey[:4]), "[]") // as %v shows bytes
	for _, s := range shown {
		noSecrets(t, s)
		if strings.Contains(s, numbers) {
			t.Errorf("the network key is shown as numbers in %s", s)
		}
	}
	if got := c.String(); got != "settings of network my-net-1" {
		t.Errorf("String = %s", got)
	}
}
