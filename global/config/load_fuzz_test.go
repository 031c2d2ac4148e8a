package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/config"
)

// FuzzLoad sets one variable to anything: Load never panics, names the variable that is at fault, and shows no secret.
func FuzzLoad(f *testing.F) {
	settings := config.Settings()
	for i, s := range settings {
		f.Add(uint(i), s.Default)
		for _, value := range []string{"-1", "1e9", "/ip4/1.2.3.4/tcp/1", "a,b,,", "postgres://u:hunter2@h/d", "0x" + strings.Repeat("0", 64), "5%", "10m"} {
			f.Add(uint(i), value)
		}
	}
	f.Fuzz(func(t *testing.T, i uint, value string) {
		if strings.ContainsRune(value, 0) {
			t.Skip("no environment has it")
		}
		t.Setenv("HOME", home)
		s := settings[i%uint(len(settings))]
		t.Setenv(s.Name, value)
		cfg, err := config.Load()
		if err != nil && !strings.Contains(err.Error(), s.Name) {
			t.Errorf("%s=%q: %v", s.Name, value, err)
		}
		text := fmt.Sprint(cfg.Values())
		if err != nil {
			text += err.Error()
		}
		secret := s.Name == "GP_PRIVATEKEY" || s.Name == "GP_NETWORKKEY"
		// Digits alone may stand in the text for another reason.
		if secret && len(value) > 12 && strings.Trim(value, "0123456789xX") != "" && strings.Contains(text, value) {
			t.Errorf("%s is shown: %s", s.Name, text)
		}
	})
}
