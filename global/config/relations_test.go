package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/config"
)

func TestRelations(t *testing.T) {
	t.Setenv("HOME", home)
	for name, c := range map[string]struct {
		env  map[string]string
		want string // empty: valid
	}{
		"quorum of all": {map[string]string{"GP_SIGNERS": anvil + "," + anvil2, "GP_MINIMUMSIGNERCOUNT": "2"}, ""},
		"quorum larger than the roster": {
			map[string]string{"GP_SIGNERS": anvil + "," + anvil2},
			"GP_MINIMUMSIGNERCOUNT=3: want at most the 2 signers of GP_SIGNERS",
		},
		"open quorum":           {map[string]string{"GP_MINIMUMSIGNERCOUNT": "64"}, ""},
		"open quorum too large": {map[string]string{"GP_MINIMUMSIGNERCOUNT": "65"}, "GP_MINIMUMSIGNERCOUNT=65: want at most 64"},
		"freshness of a whole interval": {map[string]string{
			"GP_PRICEFRESHNESS": "5s", "GP_FETCHPRICEINTERVAL": "5s",
		}, ""},
		"freshness longer than the interval": {map[string]string{
			"GP_PRICEFRESHNESS": "5001ms", "GP_FETCHPRICEINTERVAL": "5s",
		}, "GP_PRICEFRESHNESS=5001ms: want a duration from 1ms to 5s"},
		"stage delay below the interval": {map[string]string{"GP_STAGEDELAY": "4999ms", "GP_FETCHPRICEINTERVAL": "5s"}, ""},
		"stage delay of a whole interval": {
			map[string]string{"GP_STAGEDELAY": "5s", "GP_FETCHPRICEINTERVAL": "5s"},
			"GP_STAGEDELAY=5s: want less than GP_FETCHPRICEINTERVAL, 5s",
		},
		"no stage delay":        {map[string]string{"GP_STAGEDELAY": "0"}, "GP_STAGEDELAY=0: want a duration from 1ms to 1m0s"},
		"stage delay by itself": {map[string]string{"GP_STAGEDELAY": "61s"}, "GP_STAGEDELAY=61s: want a duration from 1ms to 1m0s"},
		"QUIC":                  {map[string]string{"GP_CONNECTIONADDR": "/ip4/0.0.0.0/udp/8000/quic-v1"}, ""},
		"QUIC with a network key": {map[string]string{
			"GP_CONNECTIONADDR": "/ip4/0.0.0.0/tcp/1,/ip4/0.0.0.0/udp/8000/quic-v1", "GP_NETWORKKEY": networkKey,
		}, "GP_CONNECTIONADDR=/ip4/0.0.0.0/udp/8000/quic-v1: want TCP only"},
		"WebRTC with a network key": {map[string]string{
			"GP_CONNECTIONADDR": "/ip4/0.0.0.0/udp/8000/webrtc-direct", "GP_NETWORKKEY": networkKey,
		}, "want TCP only"},
		"TCP with a network key": {map[string]string{"GP_NETWORKKEY": networkKey}, ""},
		"key and key file": {
			map[string]string{"GP_PRIVATEKEY": secretKey, "GP_KEYFILE": "/key"},
			"GP_KEYFILE=/key: want GP_KEYFILE or GP_PRIVATEKEY, not both",
		},
		"faults of both kinds":  {map[string]string{"GP_PRICEFRESHNESS": "x", "GP_FETCHPRICEINTERVAL": "x"}, "GP_PRICEFRESHNESS=x"},
		"nothing to listen on":  {map[string]string{"GP_CONNECTIONADDR": " "}, "GP_CONNECTIONADDR=: want at least one"},
		"a roster of one, open": {map[string]string{"GP_SIGNERS": anvil, "GP_MINIMUMSIGNERCOUNT": "1"}, ""},
	} {
		_, err := load(t, c.env)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (!errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		for name := range c.env {
			t.Setenv(name, "")
		}
	}
}

func TestNoHome(t *testing.T) {
	t.Setenv("HOME", "")
	if _, err := load(t, nil); !errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), "GP_DATADIR=: want a folder") {
		t.Errorf("without a folder: %v", err)
	}
	if c := mustLoad(t, map[string]string{"GP_DATADIR": "/data"}); c.KeyPath() != "/data/node.key" {
		t.Errorf("key file %s", c.KeyPath())
	}
}
