package config_test

import (
	"bytes"
	"encoding/hex"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
)

// withoutShown returns the fields that other packages see.
func withoutShown(c config.Config) config.Config {
	var visible config.Config
	from, to := reflect.ValueOf(c), reflect.ValueOf(&visible).Elem()
	for i := range from.NumField() {
		if from.Type().Field(i).IsExported() {
			to.Field(i).Set(from.Field(i))
		}
	}
	return visible
}

// defaults is the documented configuration of an empty environment (README, "Settings").
func defaults() config.Config {
	return config.Config{
		BootstrapAddr:      []peer.AddrInfo{},
		ConnectionAddr:     []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/0.0.0.0/tcp/8000")},
		Network:            "gossip-price",
		MinimumSignerCount: 3,
		Proposers:          16,
		DataDir:            home + "/.gossip-price",
		Pairs:              []price.Pair{"ETH-USD"},
		PriceURL:           "https://api.coinbase.com",
		FetchPriceInterval: 10 * time.Minute,
		PriceFreshness:     30 * time.Second,
		MaxDeviation:       10_000,
		SettlePeriod:       30 * time.Second,
		FlushInterval:      30 * time.Second,
		ClockSkew:          5 * time.Second,
		APIAddr:            "127.0.0.1:9000",
		LogLevel:           slog.LevelInfo,
		LogFormat:          "auto",
	}
}

func TestDefaults(t *testing.T) {
	t.Setenv("HOME", home)
	c := mustLoad(t, nil)
	if got := withoutShown(c); !reflect.DeepEqual(got, defaults()) {
		t.Errorf("defaults %+v, want %+v", got, defaults())
	}
	for got, want := range map[string]string{
		c.KeyPath():     home + "/.gossip-price/node.key",
		c.JournalPath(): home + "/.gossip-price/node.db",
		c.StoreURL():    "sqlite:" + home + "/.gossip-price/prices.db",
	} {
		if got != want {
			t.Errorf("path %s, want %s", got, want)
		}
	}
}

func TestEmptyIsUnset(t *testing.T) {
	t.Setenv("HOME", home)
	env := make(map[string]string)
	for _, s := range config.Settings() {
		env[s.Name] = ""
	}
	if got := withoutShown(mustLoad(t, env)); !reflect.DeepEqual(got, defaults()) {
		t.Errorf("empty variables give %+v, want %+v", got, defaults())
	}
}

// everything sets each variable but GP_KEYFILE to something that is not its default.
func everything() map[string]string {
	return map[string]string{
		"GP_BOOTSTRAP":          "true",
		"GP_BOOTSTRAPADDR":      "/dns4/one.example/tcp/8000/p2p/" + peerID + ", /ip4/10.0.0.1/tcp/8000/p2p/" + peerID,
		"GP_CONNECTIONADDR":     "/ip4/127.0.0.1/tcp/1, /ip6/::1/tcp/2",
		"GP_EXTERNALADDR":       "/dns4/me.example/tcp/8000",
		"GP_NETWORK":            "my-net-1",
		"GP_NETWORKKEY":         "0x" + networkKey,
		"GP_SIGNERS":            anvil + "," + anvil2,
		"GP_ALLOWEDPEERS":       peerID,
		"GP_MINIMUMSIGNERCOUNT": "2",
		"GP_PROPOSERS":          "1024",
		"GP_PRIVATEKEY":         secretKey,
		"GP_DATADIR":            "/data",
		"GP_DATABASEURL":        "postgres://me:" + secretPassword + "@db.example:5432/prices?sslmode=disable",
		"GP_NODEDATABASEURL":    "postgres://nodes:" + secretPassword + "@db.example/prices",
		"GP_PAIRS":              "ETH-USD, BTC-EUR",
		"GP_PRICEURL":           "http://127.0.0.1:8080/mock",
		"GP_FETCHPRICEINTERVAL": "20",
		"GP_PRICEFRESHNESS":     "1500ms",
		"GP_MAXDEVIATION":       "0.25%",
		"GP_SETTLEPERIOD":       "1h",
		"GP_FLUSHINTERVAL":      "7",
		"GP_CLOCKSKEW":          "0s",
		"GP_STAGEDELAY":         "300ms",
		"GP_APIADDR":            ":0",
		"GP_APIORIGINS":         "https://a.example, http://127.0.0.1:8080",
		"GP_LOGLEVEL":           "debug",
		"GP_LOGFORMAT":          "json",
	}
}

func TestEverything(t *testing.T) {
	t.Setenv("HOME", home)
	key, err := signing.ParseKey(secretKey)
	if err != nil {
		t.Fatal(err)
	}
	id, err := peer.Decode(peerID)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := hex.DecodeString(networkKey)
	if err != nil {
		t.Fatal(err)
	}
	second, err := signing.ParseAddress(anvil2)
	if err != nil {
		t.Fatal(err)
	}
	addrs := func(list ...string) []multiaddr.Multiaddr {
		parsed := make([]multiaddr.Multiaddr, len(list))
		for i, s := range list {
			parsed[i] = multiaddr.StringCast(s)
		}
		return parsed
	}
	want := config.Config{
		Bootstrap:          true,
		BootstrapAddr:      []peer.AddrInfo{{ID: id, Addrs: addrs("/dns4/one.example/tcp/8000", "/ip4/10.0.0.1/tcp/8000")}},
		ConnectionAddr:     addrs("/ip4/127.0.0.1/tcp/1", "/ip6/::1/tcp/2"),
		ExternalAddr:       addrs("/dns4/me.example/tcp/8000"),
		Network:            "my-net-1",
		NetworkKey:         shared,
		Signers:            []signing.Address{key.Address(), second},
		AllowedPeers:       []peer.ID{id},
		MinimumSignerCount: 2,
		Proposers:          1024,
		PrivateKey:         key,
		DataDir:            "/data",
		DatabaseURL:        "postgres://me:" + secretPassword + "@db.example:5432/prices?sslmode=disable",
		NodeDatabaseURL:    "postgres://nodes:" + secretPassword + "@db.example/prices",
		Pairs:              []price.Pair{"ETH-USD", "BTC-EUR"},
		PriceURL:           "http://127.0.0.1:8080/mock",
		FetchPriceInterval: 20 * time.Second,
		PriceFreshness:     1500 * time.Millisecond,
		MaxDeviation:       2500,
		SettlePeriod:       time.Hour,
		FlushInterval:      7 * time.Second,
		StageDelay:         300 * time.Millisecond,
		APIAddr:            ":0",
		APIOrigins:         []string{"https://a.example", "http://127.0.0.1:8080"},
		LogLevel:           slog.LevelDebug,
		LogFormat:          "json",
	}
	c := mustLoad(t, everything())
	if got := withoutShown(c); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if c.StoreURL() != want.DatabaseURL || c.JournalPath() != "/data/node.db" || !bytes.Equal(c.NetworkKey, shared) {
		t.Errorf("store %s, journal %s", c.StoreURL(), c.JournalPath())
	}
	env := everything()
	delete(env, "GP_PRIVATEKEY")
	env["GP_KEYFILE"] = "/run/secrets/key"
	if c = mustLoad(t, env); c.KeyPath() != "/run/secrets/key" || !c.PrivateKey.IsZero() {
		t.Errorf("key file %s, key %s", c.KeyPath(), c.PrivateKey)
	}
	if names := len(config.Settings()); names != len(everything())+1 {
		t.Errorf("%d settings, %d are tried here", names, len(everything())+1)
	}
}

// TestDefault needs no environment but a home.
func TestDefault(t *testing.T) {
	t.Setenv("HOME", home)
	if got := withoutShown(config.Default()); !reflect.DeepEqual(got, defaults()) {
		t.Errorf("Default = %+v, want %+v", got, defaults())
	}
}
